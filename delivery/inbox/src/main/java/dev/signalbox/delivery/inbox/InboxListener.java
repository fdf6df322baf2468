package dev.signalbox.delivery.inbox;

import java.util.List;

/**
 * Is told what changed in an inbox, after that is in the database, by the thread that changed it. It must be quick and
 * thread-safe; what it throws is logged. A process that ends in between tells nothing, so what is told is a hint to look, and not a
 * record.
 */
@FunctionalInterface
public interface InboxListener {
    /** Ignores all changes. */
    InboxListener NONE = change -> {};

    void changed(Change change);

    /** What happened in the inbox of one recipient. */
    sealed interface Change {
        String recipient();

        /** How many unread items there are now. */
        int unread();
    }

    /** Something came. */
    record Added(InboxItem item, int unread) implements Change {
        @Override
        public String recipient() {
            return item.recipient();
        }
    }

    /**
     * Items took another state.
     *
     * @param ids which; at most {@link Inboxes#MOST}
     */
    record Marked(String recipient, List<String> ids, InboxItem.State state, int unread) implements Change {
        public Marked {
            ids = List.copyOf(ids);
        }
    }
}
