package dev.signalbox.session.redis;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Instants as whole microseconds since 1970, which Lua's numbers hold exactly until the year 2255. */
final class Micros {
    private Micros() {}

    static long of(Instant instant) {
        return Instant.EPOCH.until(instant, ChronoUnit.MICROS);
    }

    /** The first one that is not before it. */
    static long atOrAfter(Instant instant) {
        long micros = of(instant);
        return instant(micros).isBefore(instant) ? micros + 1 : micros;
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
