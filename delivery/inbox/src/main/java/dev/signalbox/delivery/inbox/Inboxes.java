package dev.signalbox.delivery.inbox;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.inbox.InboxItem.State;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The inboxes of all recipients, for all nodes that share a database. Thread-safe. Failures of the database are thrown as
 * {@link dev.signalbox.database.DatabaseException}.
 */
public interface Inboxes {
    /** The most items of a page, and the most ids that are marked at a time. */
    int MOST = 500;

    /** Opens them in a database, whose tables it brings up to date. All times are that database's. */
    static Inboxes on(Database database, InboxLimits limits, InboxListener listener) {
        return JdbcInboxes.open(database, limits, listener, database.clock());
    }

    /** The same with a clock of one's own; for tests. */
    static Inboxes on(Database database, InboxLimits limits, InboxListener listener, InstantSource clock) {
        return JdbcInboxes.open(database, limits, listener, clock);
    }

    /** The history of the tables, with what opening would still do. Changes nothing. */
    static List<Migration> migrations(Database database) {
        return JdbcInboxes.migrations(database);
    }

    /** Brings the tables up to date, as opening does. */
    static void migrate(Database database) {
        JdbcInboxes.migrate(database);
    }

    /** What inboxes keep. */
    InboxLimits limits();

    /**
     * Puts an item into its recipient's inbox, unread, as of now. If that has too many then, the oldest go; where several nodes
     * add at once, a few too many may stay until the next is added.
     *
     * @return false if an item of that id is there already, which then stays as it is
     */
    boolean add(InboxItem item);

    /**
     * One page, newest first.
     *
     * @param unread how many unread items there are in the whole inbox
     * @param next where the next page begins, if there is one
     */
    record Page(List<InboxItem> items, int unread, Optional<String> next) {
        public Page {
            items = List.copyOf(items);
        }
    }

    /**
     * Lists an inbox; one that never got anything is empty.
     *
     * @param states which items; none of them if empty
     * @param after {@link Page#next} of the page before
     * @param most 1 to {@link #MOST}
     * @throws IllegalArgumentException if {@code after} is not the end of a page
     */
    Page list(String recipient, Set<State> states, Optional<String> after, int most);

    /** What marking changed: how many items took another state, and how many are unread now. */
    record Marks(int changed, int unread) {}

    /**
     * Gives items another state. Ids that are not there, and items that have that state already, stay out of the count.
     *
     * @param ids at most {@link #MOST}
     */
    Marks mark(String recipient, Set<String> ids, State state);

    /**
     * Marks all unread items as {@link State#READ}, or archives all items: at most {@link #MOST} at a time, newest first. Done when it
     * changes none.
     *
     * @throws IllegalArgumentException for {@link State#UNREAD}
     */
    Marks markAll(String recipient, State state);

    /**
     * Removes items whose time is over, at most {@link #MOST} at a time.
     *
     * @return how many
     */
    int removeExpired();
}
