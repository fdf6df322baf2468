package dev.signalbox.testing.simulator;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * How a simulated provider treats requests. Immutable; it may be replaced while the simulator runs.
 *
 * <p>Faults are drawn per request from the seed and the request's number, so that the same requests in the same order
 * meet the same faults.
 *
 * @param minLatency the shortest time to an answer; at least zero
 * @param maxLatency the longest; at least {@code minLatency}, at most one minute
 * @param faults the share of requests that each fault meets, 0 to 1 each and at most 1 together
 * @param retryAfter what a {@link Fault#TOO_MANY} answer asks for, in whole seconds
 * @param refused numbers that are answered with 422, as written in the request
 * @param seed where the draws begin
 */
public record Behaviour(
        Duration minLatency,
        Duration maxLatency,
        Map<Fault, Double> faults,
        Duration retryAfter,
        Set<String> refused,
        long seed) {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** What may go wrong. The last three happen after the message was accepted, which is what makes them hard. */
    public enum Fault {
        /** 500, nothing accepted. */
        SERVER_ERROR,
        /** 429 with Retry-After, nothing accepted. */
        TOO_MANY,
        /** Accepted, and then no answer until the client gives up. */
        HANG,
        /** Accepted, and then the connection is closed without an answer. */
        CUT,
        /** Accepted, and then 200 with a body that is not what the contract says. */
        RUBBISH
    }

    public Behaviour {
        check(!minLatency.isNegative() && minLatency.compareTo(maxLatency) <= 0, "minLatency is not in 0..maxLatency");
        check(maxLatency.compareTo(LONGEST) <= 0, "maxLatency is over " + LONGEST);
        check(!retryAfter.isNegative(), "retryAfter is negative");
        faults.forEach((fault, share) -> check(share >= 0 && share <= 1, fault + " is not in 0..1"));
        faults = Map.copyOf(faults);
        refused = Set.copyOf(refused);
        check(sum(faults) <= 1, "the faults' shares add up to more than 1");
    }

    /** Answers at once and never fails. */
    public static Behaviour perfect() {
        return new Behaviour(Duration.ZERO, Duration.ZERO, Map.of(), Duration.ofSeconds(1), Set.of(), 1);
    }

    public Behaviour withLatency(Duration min, Duration max) {
        return new Behaviour(min, max, faults, retryAfter, refused, seed);
    }

    /** Sets the share of one fault, keeping the others. */
    public Behaviour withFault(Fault fault, double share) {
        var changed = new EnumMap<Fault, Double>(Fault.class);
        changed.putAll(faults);
        changed.put(fault, share);
        return new Behaviour(minLatency, maxLatency, changed, retryAfter, refused, seed);
    }

    public Behaviour withRetryAfter(Duration wait) {
        return new Behaviour(minLatency, maxLatency, faults, wait, refused, seed);
    }

    public Behaviour withRefused(Set<String> numbers) {
        return new Behaviour(minLatency, maxLatency, faults, retryAfter, numbers, seed);
    }

    public Behaviour withSeed(long value) {
        return new Behaviour(minLatency, maxLatency, faults, retryAfter, refused, value);
    }

    private static double sum(Map<Fault, Double> faults) {
        return faults.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }
}
