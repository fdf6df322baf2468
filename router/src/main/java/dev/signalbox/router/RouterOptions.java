package dev.signalbox.router;

import java.time.Duration;

/**
 * The limits of a router. Immutable; start from {@link #defaults()} and change what differs.
 *
 * @param maxPayloadBytes largest payload; 1 byte to 64 MiB, default 256 KiB
 * @param maxTargets longest list of targets; 1 to 100,000, default 1,000
 * @param maxHeaders most headers in a message; 0 to 1,000, default 32
 * @param maxHeaderBytes names and values of all headers together, in UTF-8; 0 to 1 MiB, default 8 KiB
 * @param duplicateClient what happens when a client id connects twice; default {@link DuplicateClient#REPLACE}
 * @param maxRequests requests that wait for a reply at a time; 1 to 10 million, default 100,000
 * @param maxWait longest time to wait for a reply or an acknowledgement; 1 ms to 30 days, default 1 hour
 * @param acknowledgements what may wait to be acknowledged
 * @param drain how long {@link Router#close()} lets logic finish; 0 to 1 hour, default 10 s
 */
public record RouterOptions(
        int maxPayloadBytes,
        int maxTargets,
        int maxHeaders,
        int maxHeaderBytes,
        DuplicateClient duplicateClient,
        int maxRequests,
        Duration maxWait,
        Acknowledgements acknowledgements,
        Duration drain) {

    /** Which connection survives when a client id connects a second time. */
    public enum DuplicateClient {
        /** The new one; the old one is closed as {@link CloseReason#REPLACED}. */
        REPLACE,
        /** The old one; the new one is closed as {@link CloseReason#ALREADY_CONNECTED}. */
        REFUSE
    }

    /**
     * Bounds on what waits to be acknowledged. A message beyond them is rejected as {@link ErrorCode#OVERLOADED}.
     *
     * @param perClient messages for one client; 1 to 1 million, default 1,000
     * @param bytesPerClient payload bytes for one client; 1 to 1 GiB, default 4 MiB
     * @param total messages in all; 1 to 100 million, default 100,000
     * @param bytesTotal payload bytes in all; 1 to 1 TiB, default 64 MiB
     */
    public record Acknowledgements(int perClient, long bytesPerClient, int total, long bytesTotal) {
        public Acknowledgements {
            requireRange("perClient", perClient, 1, 1_000_000);
            requireRange("bytesPerClient", bytesPerClient, 1, 1L << 30);
            requireRange("total", total, 1, 100_000_000);
            requireRange("bytesTotal", bytesTotal, 1, 1L << 40);
        }
    }

    /**
     * Checks every option.
     *
     * @throws IllegalArgumentException naming the first option that is out of its range
     */
    public RouterOptions {
        requireRange("maxPayloadBytes", maxPayloadBytes, 1, 64 << 20);
        requireRange("maxTargets", maxTargets, 1, 100_000);
        requireRange("maxHeaders", maxHeaders, 0, 1_000);
        requireRange("maxHeaderBytes", maxHeaderBytes, 0, 1 << 20);
        requireRange("maxRequests", maxRequests, 1, 10_000_000);
        requireRange("maxWait", maxWait, Duration.ofMillis(1), Duration.ofDays(30));
        requireRange("drain", drain, Duration.ZERO, Duration.ofHours(1));
    }

    public static RouterOptions defaults() {
        return new RouterOptions(
                256 << 10,
                1_000,
                32,
                8 << 10,
                DuplicateClient.REPLACE,
                100_000,
                Duration.ofHours(1),
                new Acknowledgements(1_000, 4 << 20, 100_000, 64 << 20),
                Duration.ofSeconds(10));
    }

    public RouterOptions withMaxPayloadBytes(int changed) {
        return new RouterOptions(
                changed,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                duplicateClient,
                maxRequests,
                maxWait,
                acknowledgements,
                drain);
    }

    public RouterOptions withDuplicateClient(DuplicateClient changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                changed,
                maxRequests,
                maxWait,
                acknowledgements,
                drain);
    }

    public RouterOptions withMaxRequests(int changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                duplicateClient,
                changed,
                maxWait,
                acknowledgements,
                drain);
    }

    public RouterOptions withAcknowledgements(Acknowledgements changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                duplicateClient,
                maxRequests,
                maxWait,
                changed,
                drain);
    }

    public RouterOptions withDrain(Duration changed) {
        return new RouterOptions(
                maxPayloadBytes,
                maxTargets,
                maxHeaders,
                maxHeaderBytes,
                duplicateClient,
                maxRequests,
                maxWait,
                acknowledgements,
                changed);
    }

    static void requireRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", not " + value);
        }
    }

    private static void requireRange(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", not " + value);
        }
    }
}
