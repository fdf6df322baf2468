package dev.signalbox.llm;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Decides how long an attempt may go on. One that does not stream has the attempt's own time. One that does has that time for its first byte, the
 * time for a first token until there is one, and from then on each silence is limited. The call's deadline goes before all.
 */
record AttemptTimeouts(LlmOptions options, Optional<StreamNotifier> notifier, LongSupplier nanos) {

    /** Why it is to be given up; empty while there is hope. */
    Optional<LlmException> exceeded(Attempt attempt, Duration remaining) {
        if (!remaining.isPositive()) {
            return Optional.of(overall());
        }
        return left(attempt) > 0 ? Optional.empty() : Optional.of(timeout(attempt));
    }

    LlmException overall() {
        return new LlmException.Timeout("no answer within " + options.deadline(), true, null);
    }

    private LlmException timeout(Attempt attempt) {
        String name = "model '" + attempt.model().name() + "'";
        String what = name + " did not answer within " + ofAttempt(attempt);
        if (isStreaming(attempt)) {
            what = attempt.exchange().hasToken()
                    ? "the stream of " + name + " was silent for " + options.idleTimeout()
                    : name + " began to answer, but its first token did not come within " + options.firstTokenTimeout();
        }
        return new LlmException.Timeout(what, false, null);
    }

    /** Nanoseconds until it is worth looking again, at least 1. A stream is looked at at each limit it may have meanwhile. */
    long untilNextLook(Attempt attempt, Duration remaining) {
        long until = Math.min(remaining.toNanos(), left(attempt));
        if (notifier.isPresent()) {
            long shortest = Math.min(
                    options.idleTimeout().toNanos(), options.firstTokenTimeout().toNanos());
            until = Math.min(until, shortest);
        }
        return Math.max(1, until);
    }

    private long left(Attempt attempt) {
        long now = nanos.getAsLong();
        if (!isStreaming(attempt)) {
            return attempt.begun() + ofAttempt(attempt).toNanos() - now;
        }
        if (!attempt.exchange().hasToken()) {
            return attempt.begun() + options.firstTokenTimeout().toNanos() - now;
        }
        boolean busy = notifier.map(StreamNotifier::isNotifying).orElse(false);
        long since = busy ? now : attempt.exchange().lastHeard();
        return since + options.idleTimeout().toNanos() - now;
    }

    private boolean isStreaming(Attempt attempt) {
        return notifier.isPresent() && attempt.exchange().isAnswering();
    }

    private Duration ofAttempt(Attempt attempt) {
        return attempt.model().attemptTimeout().orElse(options.attemptTimeout());
    }
}
