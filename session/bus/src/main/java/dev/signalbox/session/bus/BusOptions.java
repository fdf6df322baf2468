package dev.signalbox.session.bus;

import java.time.Duration;

/**
 * How a bus works.
 *
 * @param maxPayload the most bytes of an encoded event, 1 to 1 MiB, default 64 KiB
 * @param writers how many batches are written side by side; sessions are spread over them; 1 to 64, default 1: batches are then
 *     larger, which does more than their number, unless thousands of events are on their way at a time. A store in memory is
 *     written by the senders themselves, and takes no notice of this
 * @param maxWaiting how many events may wait for each writer, 1 to 1,000,000, default 10,000; then senders are held up
 * @param patience how long an event may take until it is appended or its sender is told that it is not, 10 ms to 5 min, default 30 s:
 *     while too many wait, {@link SessionOverloadedException}, while the store cannot be reached, {@link SessionUnavailableException}
 * @param buffer how many events are kept in memory for each subscriber, 1 to 100,000, default 256; what comes beyond, it
 *     reads from the store once it gets there
 * @param sweep how often to look for events that nobody told of, 10 ms to 1 h, default 5 s
 * @param liveness within what time it is noticed that the other end of the connection that tells of new events vanished, 100 ms to
 *     5 min, default 10 s: after half of it in silence it is asked whether it lives, and has the other half to answer
 * @param trim how often to remove what need not be kept, 10 ms to 1 day, default 30 s
 */
public record BusOptions(
        int maxPayload,
        int writers,
        int maxWaiting,
        Duration patience,
        int buffer,
        Duration sweep,
        Duration liveness,
        Duration trim) {
    public static final BusOptions DEFAULT = new BusOptions(
            64 << 10,
            1,
            10_000,
            Duration.ofSeconds(30),
            256,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30));

    /** @throws IllegalArgumentException naming the option that is out of its range */
    public BusOptions {
        Limits.range("maxPayload", maxPayload, 1, 1 << 20);
        Limits.range("writers", writers, 1, 64);
        Limits.range("maxWaiting", maxWaiting, 1, 1_000_000);
        Limits.range("patience", patience, Duration.ofMillis(10), Duration.ofMinutes(5));
        Limits.range("buffer", buffer, 1, 100_000);
        Limits.range("sweep", sweep, Duration.ofMillis(10), Duration.ofHours(1));
        Limits.range("liveness", liveness, Duration.ofMillis(100), Duration.ofMinutes(5));
        Limits.range("trim", trim, Duration.ofMillis(10), Duration.ofDays(1));
    }

    public BusOptions withMaxPayload(int bytes) {
        return new BusOptions(bytes, writers, maxWaiting, patience, buffer, sweep, liveness, trim);
    }

    public BusOptions withWriters(int newWriters) {
        return new BusOptions(maxPayload, newWriters, maxWaiting, patience, buffer, sweep, liveness, trim);
    }

    public BusOptions withMaxWaiting(int events) {
        return new BusOptions(maxPayload, writers, events, patience, buffer, sweep, liveness, trim);
    }

    public BusOptions withPatience(Duration newPatience) {
        return new BusOptions(maxPayload, writers, maxWaiting, newPatience, buffer, sweep, liveness, trim);
    }

    public BusOptions withBuffer(int events) {
        return new BusOptions(maxPayload, writers, maxWaiting, patience, events, sweep, liveness, trim);
    }

    public BusOptions withSweep(Duration every) {
        return new BusOptions(maxPayload, writers, maxWaiting, patience, buffer, every, liveness, trim);
    }

    public BusOptions withLiveness(Duration within) {
        return new BusOptions(maxPayload, writers, maxWaiting, patience, buffer, sweep, within, trim);
    }

    public BusOptions withTrim(Duration every) {
        return new BusOptions(maxPayload, writers, maxWaiting, patience, buffer, sweep, liveness, every);
    }
}
