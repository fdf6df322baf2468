package dev.signalbox.llm;

import java.time.Duration;

/**
 * How an {@link LlmClient} deals with trouble.
 *
 * @param maxRetries how often the same model is asked again, 0 to 100
 * @param backoff the wait before the first of them; it doubles each time, up to {@code maxBackoff}
 * @param maxBackoff the longest wait of its own, at least {@code backoff}
 * @param jitter how much of a wait is left to chance, 0 to 1
 * @param maxRetryAfter the longest wait that a provider may ask for. If it asks for more, or for more than the time that is
 *     left, the next model is asked at once
 * @param deadline for the whole call, with all attempts and waits
 * @param attemptTimeout for one attempt that does not stream, and for one that does up to its first byte
 * @param firstTokenTimeout for one attempt that streams, up to its first piece of text, reasoning or a tool call; what a
 *     provider sends to keep the connection open does not count
 * @param idleTimeout the longest silence in a stream after that
 * @param circuitFailures after so many failures in a row a provider is not asked for a while; 0 for never
 * @param circuitOpen for how long; then one single attempt decides
 */
public record LlmOptions(
        int maxRetries,
        Duration backoff,
        Duration maxBackoff,
        double jitter,
        Duration maxRetryAfter,
        Duration deadline,
        Duration attemptTimeout,
        Duration firstTokenTimeout,
        Duration idleTimeout,
        int circuitFailures,
        Duration circuitOpen) {

    /**
     * 2 retries after 500 ms and 1 s, up to half of it by chance; 30 s of Retry-After; 5 min for a call, 2 min for an attempt
     * and for a first token, 30 s of silence; a circuit opens for 30 s after 5 failures.
     */
    public static final LlmOptions DEFAULT = new LlmOptions(
            2,
            Duration.ofMillis(500),
            Duration.ofSeconds(20),
            0.5,
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofMinutes(2),
            Duration.ofMinutes(2),
            Duration.ofSeconds(30),
            5,
            Duration.ofSeconds(30));

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the field and its range
     */
    public LlmOptions {
        require(maxRetries >= 0 && maxRetries <= 100, "maxRetries", maxRetries, "0 to 100");
        require(!backoff.isNegative(), "backoff", backoff, "at least 0");
        require(maxBackoff.compareTo(backoff) >= 0, "maxBackoff", maxBackoff, "at least backoff");
        require(jitter >= 0 && jitter <= 1, "jitter", jitter, "0 to 1");
        require(!maxRetryAfter.isNegative(), "maxRetryAfter", maxRetryAfter, "at least 0");
        require(deadline.isPositive(), "deadline", deadline, "above 0");
        require(attemptTimeout.isPositive(), "attemptTimeout", attemptTimeout, "above 0");
        require(firstTokenTimeout.isPositive(), "firstTokenTimeout", firstTokenTimeout, "above 0");
        require(idleTimeout.isPositive(), "idleTimeout", idleTimeout, "above 0");
        require(circuitFailures >= 0, "circuitFailures", circuitFailures, "at least 0");
        require(circuitOpen.isPositive(), "circuitOpen", circuitOpen, "above 0");
    }

    private static void require(boolean holds, String name, Object value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be " + range);
        }
    }

    public LlmOptions withRetries(int max, Duration first) {
        Duration longest = maxBackoff.compareTo(first) < 0 ? first : maxBackoff;
        return new LlmOptions(
                max,
                first,
                longest,
                jitter,
                maxRetryAfter,
                deadline,
                attemptTimeout,
                firstTokenTimeout,
                idleTimeout,
                circuitFailures,
                circuitOpen);
    }

    public LlmOptions withJitter(double value) {
        return new LlmOptions(
                maxRetries,
                backoff,
                maxBackoff,
                value,
                maxRetryAfter,
                deadline,
                attemptTimeout,
                firstTokenTimeout,
                idleTimeout,
                circuitFailures,
                circuitOpen);
    }

    public LlmOptions withMaxRetryAfter(Duration value) {
        return new LlmOptions(
                maxRetries,
                backoff,
                maxBackoff,
                jitter,
                value,
                deadline,
                attemptTimeout,
                firstTokenTimeout,
                idleTimeout,
                circuitFailures,
                circuitOpen);
    }

    public LlmOptions withTimeouts(Duration whole, Duration attempt, Duration idle) {
        return new LlmOptions(
                maxRetries,
                backoff,
                maxBackoff,
                jitter,
                maxRetryAfter,
                whole,
                attempt,
                firstTokenTimeout,
                idle,
                circuitFailures,
                circuitOpen);
    }

    public LlmOptions withFirstTokenTimeout(Duration value) {
        return new LlmOptions(
                maxRetries,
                backoff,
                maxBackoff,
                jitter,
                maxRetryAfter,
                deadline,
                attemptTimeout,
                value,
                idleTimeout,
                circuitFailures,
                circuitOpen);
    }

    public LlmOptions withCircuit(int failures, Duration open) {
        return new LlmOptions(
                maxRetries,
                backoff,
                maxBackoff,
                jitter,
                maxRetryAfter,
                deadline,
                attemptTimeout,
                firstTokenTimeout,
                idleTimeout,
                failures,
                open);
    }
}
