package dev.signalbox.delivery.queue;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a ticket.
 *
 * @param next its place in a queue, or null where the outcome's state is final
 */
record Verdict(Outcome outcome, @Nullable Ticket next) {
    Verdict {
        if (outcome.state().isFinal() == (next != null)) {
            throw new IllegalArgumentException("a reach that is " + outcome.state()
                    + (next == null ? " needs a place in a queue" : " has no place in a queue"));
        }
    }
}
