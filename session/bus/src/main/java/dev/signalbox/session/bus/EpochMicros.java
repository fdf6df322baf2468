package dev.signalbox.session.bus;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Instants as whole microseconds since 1970, as stores keep them; JavaScript's and Lua's numbers hold them until 2255. */
public final class EpochMicros {
    private EpochMicros() {}

    /** Rounded down. */
    public static long of(Instant instant) {
        return Instant.EPOCH.until(instant, ChronoUnit.MICROS);
    }

    /** The first one that is not before it. */
    public static long atOrAfter(Instant instant) {
        long micros = of(instant);
        return instant(micros).isBefore(instant) ? micros + 1 : micros;
    }

    public static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
