package dev.signalbox.observatory;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What both forms of OTLP share. */
final class OtlpScopes {
    private static final long NANOS = 1_000_000_000L;

    private OtlpScopes() {}

    /** Neighbours of the same module: OTLP calls it scope and names it once for all of them. */
    static List<List<LogRecord>> of(List<LogRecord> records) {
        var scopes = new ArrayList<List<LogRecord>>();
        int start = 0;
        for (int i = 1; i <= records.size(); i++) {
            if (i == records.size()
                    || !records.get(i).module().equals(records.get(start).module())) {
                scopes.add(records.subList(start, i));
                start = i;
            }
        }
        return scopes;
    }

    /** Nanoseconds since 1970, as the 64 bits that fixed64 has. */
    static long nanos(Instant time) {
        return time.getEpochSecond() * NANOS + time.getNano();
    }

    static String nanosText(Instant time) {
        return BigInteger.valueOf(time.getEpochSecond())
                .multiply(BigInteger.valueOf(NANOS))
                .add(BigInteger.valueOf(time.getNano()))
                .toString();
    }
}
