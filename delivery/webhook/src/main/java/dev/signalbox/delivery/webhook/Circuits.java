package dev.signalbox.delivery.webhook;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Keeps a receiver that does not answer from occupying every slot for the length of a timeout. After {@link #TRIP} attempts in
 * a row without an answer, attempts to it fail at once for a while; then one is let through, and its end decides for the
 * others. Per node, in memory. Thread-safe.
 */
final class Circuits {
    static final int TRIP = 5;
    static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final int MOST = 10_000;

    /**
     * What is known of a receiver.
     *
     * @param failures in a row without an answer, up to {@link #TRIP}
     * @param pauses how often it was left alone since its last answer
     * @param until in nanoseconds of {@link #ticks}; before that, nothing is let through
     */
    private record Circuit(int failures, int pauses, long until) {}

    private final Map<String, Circuit> circuits = new ConcurrentHashMap<>();
    private final LongSupplier ticks;

    Circuits(LongSupplier ticks) {
        this.ticks = ticks;
    }

    /** How long to wait, if an attempt to this receiver must not begin; if it may, the caller reports its end. */
    Optional<Duration> closedFor(String receiver) {
        Circuit circuit = circuits.get(receiver);
        if (circuit == null || circuit.failures() < TRIP) {
            return Optional.empty();
        }
        long left = circuit.until() - ticks.getAsLong();
        if (left <= 0 && circuits.replace(receiver, circuit, paused(circuit.pauses() + 1))) {
            return Optional.empty(); // The one trial. Should it fail, the next pause has already begun.
        }
        return Optional.of(Duration.ofNanos(Math.max(left, 1)));
    }

    void answered(String receiver) {
        circuits.remove(receiver);
    }

    void unanswered(String receiver) {
        if (circuits.size() >= MOST) {
            circuits.clear(); // Then dead receivers are found out anew.
        }
        circuits.merge(receiver, new Circuit(1, 0, 0), (before, first) -> failedOnceMore(before));
    }

    /** Those that were under way when the receiver was given up change nothing: they would make the pause as long as can be. */
    private Circuit failedOnceMore(Circuit before) {
        if (before.failures() >= TRIP) {
            return before;
        }
        return before.failures() + 1 < TRIP ? new Circuit(before.failures() + 1, 0, 0) : paused(1);
    }

    private Circuit paused(int pauses) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(pauses - 1, 10));
        long length = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE.toNanos() : pause.toNanos();
        return new Circuit(TRIP, pauses, ticks.getAsLong() + length);
    }
}
