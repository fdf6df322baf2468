package dev.signalbox.llm;

import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** The waits between attempts at one model: growing, partly random, and never shorter than the provider asks for. */
record Backoff(LlmOptions options, DoubleSupplier chance) {

    /** Empty if it is not worth it: the provider asks for more patience than {@code remaining} or the options allow. */
    Optional<Duration> before(int retry, LlmException failure, Duration remaining) {
        Optional<Duration> asked = retryAfter(failure);
        Duration own = own(retry);
        Duration wait = asked.filter(it -> it.compareTo(own) > 0).orElse(own);
        boolean tooLong =
                asked.filter(it -> it.compareTo(options.maxRetryAfter()) > 0).isPresent();
        return tooLong || wait.compareTo(remaining) >= 0 ? Optional.empty() : Optional.of(wait);
    }

    private static Optional<Duration> retryAfter(LlmException failure) {
        return switch (failure) {
            case LlmException.RateLimited it -> it.retryAfter();
            case LlmException.Unavailable it -> it.retryAfter();
            default -> Optional.empty();
        };
    }

    private Duration own(int retry) {
        double longest = options.maxBackoff().toNanos();
        double full = Math.min(options.backoff().toNanos() * Math.pow(2, retry), longest);
        return Duration.ofNanos((long) (full * (1 - options.jitter() * chance.getAsDouble())));
    }
}
