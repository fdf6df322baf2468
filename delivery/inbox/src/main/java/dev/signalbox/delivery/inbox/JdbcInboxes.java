package dev.signalbox.delivery.inbox;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.inbox.InboxItem.State;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Inboxes in a table. */
final class JdbcInboxes implements Inboxes {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcInboxes.class);
    private static final String MODULE = "inbox";
    private static final String FOLDER = "dev/signalbox/delivery/inbox";

    private final Database database;
    private final InboxRows rows;
    private final InboxLimits limits;
    private final InboxListener listener;
    private final InstantSource clock;

    private JdbcInboxes(Database database, InboxLimits limits, InboxListener listener, InstantSource clock) {
        this.database = database;
        this.rows = new InboxRows(database.dialect());
        this.limits = limits;
        this.listener = listener;
        this.clock = clock;
    }

    static Inboxes open(Database database, InboxLimits limits, InboxListener listener, InstantSource clock) {
        migrate(database);
        return new JdbcInboxes(database, limits, listener, clock);
    }

    static List<Migration> migrations(Database database) {
        return database.migrations(MODULE, FOLDER, JdbcInboxes.class.getClassLoader());
    }

    static void migrate(Database database) {
        database.migrate(MODULE, FOLDER, JdbcInboxes.class.getClassLoader());
    }

    @Override
    public InboxLimits limits() {
        return limits;
    }

    @Override
    public boolean add(InboxItem item) {
        InboxItem arrived = item.arrived(clock.instant());
        Optional<Integer> unread = database.transact(connection -> {
            if (!rows.insert(connection, arrived)) {
                return Optional.<Integer>empty();
            }
            rows.trim(connection, arrived.recipient(), limits.items());
            return Optional.of(rows.unread(connection, arrived.recipient()));
        });
        unread.ifPresent(count -> tell(new InboxListener.Added(arrived, count)));
        return unread.isPresent();
    }

    /** The change is in the database: whatever the listener throws, the caller must not take it for undone. */
    private void tell(InboxListener.Change change) {
        try {
            listener.changed(change);
        } catch (RuntimeException e) {
            LOG.error("a listener of inboxes failed; what changed is kept, and shows when the inbox is listed", e);
        }
    }

    @Override
    public Page list(String recipient, Set<State> states, Optional<String> after, int most) {
        if (most < 1 || most > MOST) {
            throw new IllegalArgumentException("most is " + most + "; it must be 1 to " + MOST);
        }
        Optional<InboxRows.Place> place = after.map(InboxRows.Place::parse);
        if (!InboxItem.isName(recipient)) {
            return new Page(List.of(), 0, Optional.empty());
        }
        return database.read(connection -> {
            List<InboxItem> found =
                    states.isEmpty() ? List.of() : rows.list(connection, recipient, states, place, most + 1);
            List<InboxItem> items = found.stream().limit(most).toList();
            Optional<String> next = found.size() > most
                    ? Optional.of(InboxRows.Place.of(items.getLast()).toString())
                    : Optional.empty();
            return new Page(items, rows.unread(connection, recipient), next);
        });
    }

    @Override
    public Marks mark(String recipient, Set<String> ids, State state) {
        if (ids.size() > MOST) {
            throw new IllegalArgumentException(ids.size() + " ids; at most " + MOST + " are marked at a time");
        }
        Set<String> possible = ids.stream().filter(InboxItem::isName).collect(Collectors.toSet());
        return possible.isEmpty()
                ? new Marks(0, unread(recipient))
                : marked(recipient, state, possible, EnumSet.complementOf(EnumSet.of(state)));
    }

    private int unread(String recipient) {
        return InboxItem.isName(recipient)
                ? database.<Integer>read(connection -> rows.unread(connection, recipient))
                : 0;
    }

    @Override
    public Marks markAll(String recipient, State state) {
        return marked(
                recipient,
                state,
                Set.of(),
                switch (state) {
                    case UNREAD ->
                        throw new IllegalArgumentException("all items cannot be marked as unread; name some");
                    case READ -> EnumSet.of(State.UNREAD);
                    case ARCHIVED -> EnumSet.of(State.UNREAD, State.READ);
                });
    }

    /** @param ids of these; of the newest with a state {@code from} if it is empty */
    private Marks marked(String recipient, State state, Set<String> ids, Set<State> from) {
        if (!InboxItem.isName(recipient)) {
            return new Marks(0, 0);
        }
        record Changed(List<String> ids, int unread) {}
        Changed changed = database.transact(connection -> {
            List<String> locked = rows.lock(connection, recipient, ids, from);
            rows.mark(connection, recipient, locked, state, clock.instant());
            return new Changed(locked, rows.unread(connection, recipient));
        });
        if (!changed.ids().isEmpty()) {
            tell(new InboxListener.Marked(recipient, changed.ids(), state, changed.unread()));
        }
        return new Marks(changed.ids().size(), changed.unread());
    }

    @Override
    public int removeExpired() {
        var before = clock.instant().minus(limits.retention());
        return database.autoCommit(connection -> rows.removeBefore(connection, before, MOST));
    }
}
