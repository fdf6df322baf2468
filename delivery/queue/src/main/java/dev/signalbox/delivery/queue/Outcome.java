package dev.signalbox.delivery.queue;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One line of a reach's history: an attempt, or another thing that happened to it. Times are {@link Micros}.
 *
 * @param state of the reach from now on
 * @param nextAt when it is due again, if it is
 */
record Outcome(
        UUID id,
        int attempt,
        int step,
        Channel channel,
        Result result,
        MessageState state,
        @Nullable String providerId,
        @Nullable String error,
        long at,
        int millis,
        long nextAt,
        Remark remark) {

    /** One that nobody remarked upon, as almost all are. */
    Outcome(
            UUID id,
            int attempt,
            int step,
            Channel channel,
            Result result,
            MessageState state,
            @Nullable String providerId,
            @Nullable String error,
            long at,
            int millis,
            long nextAt) {
        this(id, attempt, step, channel, result, state, providerId, error, at, millis, nextAt, Remark.NONE);
    }

    /** What happened. The first four are a sender's answers. */
    enum Result {
        ACCEPTED,
        NOT_SENT,
        REJECTED,
        UNKNOWN,
        /** The reach's expiry came before the attempt. */
        EXPIRED,
        /** The step's time limit came before the attempt. */
        TIMED_OUT,
        /** A node gave it back without having begun. */
        RELEASED,
        /** Not sent, for a reason that is not the message's: it keeps its budget. */
        HELD,
        /** Its row cannot be read as a message. */
        UNREADABLE,
        CANCELLED,
        /** Given another time or priority. */
        RESCHEDULED,
        REVIVED,
        /** Revived with a new idempotency key. */
        REKEYED,
        /** Somebody found out that it had arrived. */
        ARRIVED,
        /** Somebody found out that it had not arrived. */
        NOT_ARRIVED
    }

    /** The index of the step whose turn is next. */
    int nextStep() {
        return switch (result) {
            case REVIVED, REKEYED -> 0;
            case RELEASED, HELD, RESCHEDULED -> step;
            default -> state == MessageState.PENDING ? step + 1 : step;
        };
    }
}
