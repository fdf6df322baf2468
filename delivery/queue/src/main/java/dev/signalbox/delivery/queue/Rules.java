package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.Outcome.Result;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a claimed ticket. All of it is a function of the ticket, the answer and the time, so it is decided here,
 * away from threads and SQL. Times are {@link Micros}. Thread-safe if the random source is.
 *
 * <p>The rule about doubt: once an attempt of a step may have been sent ({@code unsureSince}), that step is repeated only
 * while its provider still recognises the key, and it never gives way to the next step by itself, since that could reach
 * the person twice. It ends as SENT, REJECTED (the provider knows the key and says no), or parked as UNKNOWN.
 */
final class Rules {
    private final Retry retry;
    private final RandomGenerator random;

    Rules(Retry retry, RandomGenerator random) {
        this.retry = retry;
        this.random = random;
    }

    /** An attempt was made, from {@code startedAt} to {@code now}. */
    Verdict attempted(Claimed claimed, SendResult result, long startedAt, long now, Terms terms) {
        Attempted attempt = new Attempted(claimed, now, millis(startedAt, now), spends(result));
        return switch (result) {
            case SendResult.Accepted accepted -> attempt.sent(accepted.providerId());
            case SendResult.Rejected rejected ->
                attempt.stepEnds(Result.REJECTED, MessageState.REJECTED, rejected.reason());
            case SendResult.NotSent notSent -> notSent(attempt, notSent, terms);
            case SendResult.Unknown unknown ->
                cutShort(attempt, unknown.reason(), startedAt, wait(attempt, Duration.ZERO, terms), terms);
        };
    }

    /**
     * Never negative, although the database's clock may have gone back since the attempt began, or a node whose clock was ahead may
     * have begun it. What lasted longer than 24 days, as an attempt seems to have that is recovered so late, counts as so long.
     */
    private static int millis(long startedAt, long now) {
        return Math.clamp((now - startedAt) / 1_000, 0, Integer.MAX_VALUE);
    }

    /** Whether it costs the message one of its attempts. What our account is refused for would be refused to all. */
    private static boolean spends(SendResult result) {
        return !(result instanceof SendResult.NotSent(String reason, Optional<Duration> wish, SendResult.Scope scope)
                && scope == SendResult.Scope.ACCOUNT);
    }

    private Duration wait(Attempted attempt, Duration wish, Terms terms) {
        return retry.after(attempt.tried, terms.schedule(), wish, random);
    }

    private Verdict notSent(Attempted attempt, SendResult.NotSent notSent, Terms terms) {
        Duration wish = notSent.retryAfter().orElse(Duration.ZERO);
        Duration wait = attempt.spends ? wait(attempt, wish, terms) : wish;
        return attempt.again(
                Result.NOT_SENT,
                notSent.reason(),
                wait,
                attempt.claimed.ticket().unsureSince(),
                terms.keyLifetime());
    }

    /** No answer came. Where only an acknowledgement counts, that is no doubt: it was not sent. */
    private static Verdict cutShort(Attempted attempt, String reason, long startedAt, Duration wait, Terms terms) {
        long already = attempt.claimed.ticket().unsureSince();
        if (!terms.leavesDoubt()) {
            return attempt.again(Result.NOT_SENT, reason, wait, already, terms.keyLifetime());
        }
        long since = already == Micros.NONE ? startedAt : already;
        return attempt.again(Result.UNKNOWN, reason, wait, since, terms.keyLifetime());
    }

    /** The lease ran out under a node, which may or may not have sent it. It is tried again at once, if at all. */
    Verdict rescued(Claimed claimed, long claimedAt, long now, Terms terms) {
        Verdict unreadable = unreadable(claimed, now, terms.leavesDoubt() || isUnsure(claimed));
        return unreadable != null
                ? unreadable
                : cutShort(
                        new Attempted(claimed.startedAt(claimedAt), now, 0, true),
                        "the lease ran out: the node that held it stopped or was too slow",
                        claimedAt,
                        Duration.ZERO,
                        terms);
    }

    /**
     * What cannot be read as a message ends at once, with the reason, so that it holds up no other. A node that has the key of its
     * body may have sent it before; then nobody may take it for not sent.
     *
     * @param unsure whether an attempt may have been made
     */
    @Nullable
    private static Verdict unreadable(Claimed claimed, long now, boolean unsure) {
        return claimed.unreadable()
                .map(reason -> new Attempted(claimed, now, 0, false)
                        .ends(Result.UNREADABLE, unsure ? MessageState.UNKNOWN : MessageState.DEAD, reason))
                .orElse(null);
    }

    private static boolean isUnsure(Claimed claimed) {
        return claimed.ticket().unsureSince() != Micros.NONE;
    }

    /** A node gives it back without having begun; no budget is spent. */
    Verdict released(Claimed claimed, long now) {
        Ticket ticket = claimed.ticket();
        MessageState state = ticket.tried() == 0 ? MessageState.PENDING : MessageState.RETRY_WAIT;
        Attempted event = new Attempted(claimed, now, 0, false);
        Ticket next = new Ticket(
                ticket.id(),
                ticket.lane(),
                ticket.priority(),
                ticket.runAt(),
                ticket.step(),
                event.number,
                ticket.tried(),
                ticket.deadline(),
                ticket.unsureSince());
        return new Verdict(event.outcome(Result.RELEASED, state, null, null, ticket.runAt()), next);
    }

    /** It has to wait, for a reason that is not its own; no budget is spent. Its expiry and its step's time limit count. */
    Verdict held(Claimed claimed, String reason, Duration wait, long now, Duration keyLifetime) {
        return new Attempted(claimed, now, 0, false)
                .again(Result.TIMED_OUT, reason, wait, claimed.ticket().unsureSince(), keyLifetime);
    }

    /** What prevents an attempt from beginning now, if anything does. */
    @Nullable
    Verdict prevented(Claimed claimed, long now, Duration keyLifetime) {
        boolean unsure = isUnsure(claimed);
        Verdict unreadable = unreadable(claimed, now, unsure);
        if (unreadable != null) {
            return unreadable;
        }
        Ticket ticket = claimed.ticket();
        Attempted event = new Attempted(claimed, now, 0, true);
        if (isOver(claimed.expiresAt(), now)) {
            return event.ends(
                    Result.EXPIRED,
                    unsure ? MessageState.UNKNOWN : MessageState.EXPIRED,
                    "it expired before it could be sent");
        }
        if (isOver(ticket.deadline(), now)) {
            String reason = "the step's time limit passed before it could be sent";
            return unsure
                    ? event.ends(Result.TIMED_OUT, MessageState.UNKNOWN, reason)
                    : event.stepEnds(Result.TIMED_OUT, MessageState.DEAD, reason);
        }
        if (unsure && isForgotten(ticket.unsureSince(), now, keyLifetime)) {
            return event.ends(
                    Result.UNKNOWN,
                    MessageState.UNKNOWN,
                    "an earlier attempt may have been sent, and the provider would no longer recognise a repeat");
        }
        return null;
    }

    /**
     * Whether a provider no longer recognises a repeat. One that never does needs no clock to say so: the first attempt may have
     * been dated by a clock that is ahead of this node's.
     */
    private static boolean isForgotten(long unsureSince, long now, Duration keyLifetime) {
        return keyLifetime.isZero() || now >= unsureSince + Micros.of(keyLifetime);
    }

    private static boolean isOver(long limit, long now) {
        return limit != Micros.NONE && now >= limit;
    }

    /** One line of history in the making. */
    private static final class Attempted {
        final Claimed claimed;
        final long now;
        final int millis;
        final int number;
        final boolean spends;
        final int tried;

        /** @param spends whether it counts against the step's budget */
        Attempted(Claimed claimed, long now, int millis, boolean spends) {
            this.claimed = claimed;
            this.now = now;
            this.millis = millis;
            this.spends = spends;
            this.number = claimed.ticket().attempt() + 1;
            this.tried = claimed.ticket().tried() + (spends ? 1 : 0);
        }

        Verdict sent(Optional<String> providerId) {
            String id = providerId.map(Limits::fitted).orElse(null);
            return new Verdict(outcome(Result.ACCEPTED, MessageState.SENT, id, null, Micros.NONE), null);
        }

        /** Tries this step again after the wait, or ends it where budget, time or doubt forbid that. */
        Verdict again(Result result, String reason, Duration wait, long unsureSince, Duration keyLifetime) {
            Ticket ticket = claimed.ticket();
            long next = now + Micros.of(wait);
            boolean expired = isOver(claimed.expiresAt(), next);
            boolean stepOver = (spends && tried >= claimed.maxAttempts()) || isOver(ticket.deadline(), next);
            if (unsureSince != Micros.NONE) {
                boolean forgotten = isForgotten(unsureSince, next, keyLifetime);
                return expired || stepOver || forgotten
                        ? ends(result, MessageState.UNKNOWN, reason)
                        : waits(result, reason, next, unsureSince);
            }
            if (expired) {
                return ends(result, MessageState.EXPIRED, reason);
            }
            return stepOver ? stepEnds(result, MessageState.DEAD, reason) : waits(result, reason, next, Micros.NONE);
        }

        private Verdict waits(Result result, String reason, long at, long unsureSince) {
            Ticket t = claimed.ticket();
            Ticket next =
                    new Ticket(t.id(), t.lane(), t.priority(), at, t.step(), number, tried, t.deadline(), unsureSince);
            // With nothing tried yet it still is PENDING, and a line of its own kind says that the step stays the same.
            return tried == 0
                    ? new Verdict(outcome(Result.HELD, MessageState.PENDING, null, reason, at), next)
                    : new Verdict(outcome(waitsFor(result), MessageState.RETRY_WAIT, null, reason, at), next);
        }

        /** No time limit is over yet. */
        private static Result waitsFor(Result result) {
            return result == Result.TIMED_OUT ? Result.HELD : result;
        }

        /** Passes on to the next step, at once; or ends in the given state after the last. */
        Verdict stepEnds(Result result, MessageState afterLast, String reason) {
            if (claimed.isLastStep()) {
                return ends(result, afterLast, reason);
            }
            if (isOver(claimed.expiresAt(), now)) {
                return ends(result, MessageState.EXPIRED, reason);
            }
            Ticket t = claimed.ticket();
            int step = t.step() + 1;
            Channel lane = claimed.steps().get(step).channel();
            Ticket next = new Ticket(t.id(), lane, t.priority(), now, step, number, 0, Micros.NONE, Micros.NONE);
            return new Verdict(outcome(result, MessageState.PENDING, null, reason, now), next);
        }

        Verdict ends(Result result, MessageState state, String reason) {
            return new Verdict(outcome(result, state, null, reason, Micros.NONE), null);
        }

        Outcome outcome(
                Result result, MessageState state, @Nullable String providerId, @Nullable String reason, long nextAt) {
            Ticket t = claimed.ticket();
            String error = reason == null ? null : Limits.fitted(reason);
            return new Outcome(
                    t.id(), number, t.step(), t.lane(), result, state, providerId, error, now, millis, nextAt);
        }
    }
}
