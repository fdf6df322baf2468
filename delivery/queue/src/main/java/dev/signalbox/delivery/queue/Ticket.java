package dev.signalbox.delivery.queue;

import java.util.UUID;

/**
 * A reach's place in a queue: the thin row that moves while the body stays. Times are {@link Micros}.
 *
 * @param lane the channel of the step whose turn it is
 * @param runAt when it is or was due; with the priority it says the order
 * @param attempt the number of the last entry in the history, 0 for none
 * @param tried the attempts that count against this step's budget
 * @param deadline when this step's time is over, once its first claim has started it
 * @param unsureSince when the first attempt of this step began whose outcome nobody knows
 */
record Ticket(
        UUID id,
        Channel lane,
        int priority,
        long runAt,
        int step,
        int attempt,
        int tried,
        long deadline,
        long unsureSince) {

    /** Where a new reach queues. */
    static Ticket first(Reach reach, long now) {
        long due = Math.max(now, Micros.of(reach.at()));
        return new Ticket(
                reach.id(),
                reach.steps().getFirst().channel(),
                reach.priority(),
                due,
                0,
                0,
                0,
                Micros.NONE,
                Micros.NONE);
    }

    Ticket withDeadline(long newDeadline) {
        return new Ticket(id, lane, priority, runAt, step, attempt, tried, newDeadline, unsureSince);
    }
}
