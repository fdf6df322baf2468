package dev.signalbox.exec;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The variable by which processes of a run are known, even if they have left its process group. Its value is the ids of all runs that
 * a process is part of, outermost first: a program of ours may itself be run by another.
 */
final class Marker {
    static final String NAME = "SIGNALBOX_EXEC_ID";

    private static final byte[] PREFIX = (NAME + "=").getBytes(StandardCharsets.US_ASCII);
    private static final String JVM = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final Optional<String> OUTER = Optional.ofNullable(System.getenv(NAME));

    private Marker() {}

    /** Unique on this host, for all practical purposes. */
    static String newId() {
        return JVM + "-" + COUNTER.incrementAndGet();
    }

    static String value(String id) {
        return OUTER.map(outer -> outer + "/" + id).orElse(id);
    }

    /** The ids in an environment as the kernel shows it: variables, each followed by NUL. */
    static String[] idsIn(byte[] environment, int length) {
        for (int from = 0; from < length; ) {
            int end = from;
            while (end < length && environment[end] != 0) {
                end++;
            }
            if (startsWithPrefix(environment, from, end)) {
                int value = from + PREFIX.length;
                return new String(environment, value, end - value, StandardCharsets.UTF_8).split("/", -1);
            }
            from = end + 1;
        }
        return new String[0];
    }

    private static boolean startsWithPrefix(byte[] bytes, int from, int end) {
        return end - from >= PREFIX.length
                && Arrays.equals(bytes, from, from + PREFIX.length, PREFIX, 0, PREFIX.length);
    }
}
