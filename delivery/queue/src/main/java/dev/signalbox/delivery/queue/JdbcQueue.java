package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.database.Dialect;
import dev.signalbox.database.Migration;
import dev.signalbox.database.Work;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The queue over JDBC; what differs between databases is in its {@link Store}. */
final class JdbcQueue implements DeliveryQueue {
    /** How many rows one statement inserts. */
    private static final int CHUNK = 1_000;

    private static final Duration CLOCK_AGE = Duration.ofMinutes(1);

    private static final String MODULE = "delivery";
    private static final String SCRIPTS = "dev/signalbox/delivery/queue";

    private final Database database;
    private final Store store;
    private final Time time;
    private final Rows rows;
    private final Wake wake;
    private final Intake intake = new Intake(this::commit);
    private final History history;
    private final Changes changes;

    JdbcQueue(Database database, Time time) {
        this.database = database;
        this.time = time;
        this.rows = new Rows(database.dialect());
        this.store = database.dialect() == Dialect.POSTGRESQL ? new PostgresStore(database) : new SqliteStore(database);
        this.wake = new Wake(database);
        this.history = new History(rows, store);
        this.changes = new Changes(rows, history);
    }

    static JdbcQueue open(Database database, Time time) {
        return guarded(() -> {
            database.migrate(MODULE, SCRIPTS, JdbcQueue.class.getClassLoader());
            return new JdbcQueue(database, time);
        });
    }

    static List<Migration> migrations(Database database) {
        return guarded(() -> database.migrations(MODULE, SCRIPTS, JdbcQueue.class.getClassLoader()));
    }

    Database database() {
        return database;
    }

    Store store() {
        return store;
    }

    Time time() {
        return time;
    }

    /** Those of the outcomes that are on record just as they are. */
    Set<Outcome> recorded(List<Outcome> outcomes) {
        return database.read(connection -> history.recorded(connection, outcomes));
    }

    Wake wake() {
        return wake;
    }

    @Override
    public Receipt enqueue(Reach reach) {
        return enqueueAll(List.of(reach)).getFirst();
    }

    @Override
    public Receipt enqueue(Connection transaction, Reach reach) {
        return enqueueAll(transaction, List.of(reach)).getFirst();
    }

    @Override
    public List<Receipt> enqueueAll(List<Reach> reaches) {
        if (reaches.isEmpty()) {
            return List.of();
        }
        correctClock();
        return guarded(() -> reaches.size() <= Intake.SMALL ? intake.enqueue(reaches) : commit(reaches));
    }

    private List<Receipt> commit(List<Reach> reaches) {
        long now = time.now();
        List<Ticket> tickets = new ArrayList<>();
        Work<List<Receipt>> insert = connection -> {
            tickets.clear();
            return insert(connection, reaches, now, tickets);
        };
        // One statement is a transaction of its own, without the round trips of one.
        List<Receipt> receipts = reaches.size() <= CHUNK ? database.autoCommit(insert) : database.transact(insert);
        wake.enqueued(tickets, now);
        return receipts;
    }

    @Override
    public List<Receipt> enqueueAll(Connection transaction, List<Reach> reaches) {
        if (reaches.isEmpty()) {
            return List.of();
        }
        try {
            List<Ticket> tickets = new ArrayList<>();
            List<Receipt> receipts = insert(transaction, reaches, time.now(), tickets);
            wake.willCommit(transaction, tickets);
            return receipts;
        } catch (SQLException e) {
            throw new DeliveryQueueException("the queue did not accept it: " + e.getMessage(), e);
        }
    }

    /** A process that only enqueues has nobody else who looks at the database's clock. */
    private void correctClock() {
        if (database.clock().age().compareTo(CLOCK_AGE) > 0) {
            database.health();
        }
    }

    private List<Receipt> insert(Connection connection, List<Reach> reaches, long now, List<Ticket> tickets)
            throws SQLException {
        Map<UUID, Reach> distinct = new LinkedHashMap<>();
        reaches.forEach(reach -> distinct.putIfAbsent(reach.id(), reach));
        List<Reach> rest = List.copyOf(distinct.values());
        Map<UUID, Receipt> receipts = new HashMap<>();
        for (int from = 0; from < rest.size(); from += CHUNK) {
            insertChunk(connection, rest.subList(from, Math.min(rest.size(), from + CHUNK)), now, tickets, receipts);
        }
        // Of one id given twice, the second is the duplicate.
        List<Receipt> inOrder = new ArrayList<>(reaches.size());
        for (Reach reach : reaches) {
            Receipt receipt = Objects.requireNonNull(receipts.get(reach.id()));
            inOrder.add(receipt);
            receipts.put(reach.id(), new Receipt(receipt.id(), true));
        }
        return inOrder;
    }

    private void insertChunk(
            Connection connection, List<Reach> chunk, long now, List<Ticket> tickets, Map<UUID, Receipt> receipts)
            throws SQLException {
        Set<UUID> fresh = store.insert(connection, chunk, now);
        for (Reach reach : chunk) {
            boolean isNew = fresh.contains(reach.id());
            receipts.put(reach.id(), isNew ? new Receipt(reach.id(), false) : known(connection, reach));
            if (isNew) {
                tickets.add(Ticket.first(reach, now));
            }
        }
    }

    private Receipt known(Connection connection, Reach reach) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select id from delivery_message where dedupe_key = ? or id = ? order by dedupe_key = ? desc limit 1")) {
            statement.setString(1, reach.dedupeKey().orElse(null));
            rows.bind(statement, 2, reach.id());
            statement.setString(3, reach.dedupeKey().orElse(null));
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("a reach conflicts with another that this transaction cannot see");
                }
                return new Receipt(rows.id(row, "id"), true);
            }
        }
    }

    @Override
    public Optional<Status> find(UUID id) {
        return guarded(() -> database.read(connection -> history.find(connection, id)));
    }

    @Override
    public Page list(Filter filter) {
        return guarded(() -> database.read(connection -> history.list(connection, filter)));
    }

    @Override
    public Counts counts() {
        return guarded(() -> database.read(history::counts));
    }

    @Override
    public Optional<State> cancel(UUID id) {
        return guarded(() -> database.transact(connection -> changes.cancel(connection, id, time.now())));
    }

    @Override
    public Optional<State> retry(UUID id) {
        return guarded(() -> {
            long now = time.now();
            List<Ticket> revived = new ArrayList<>();
            Optional<State> state = database.transact(connection -> {
                revived.clear();
                return changes.retry(connection, id, now, revived);
            });
            wake.enqueued(revived, now);
            return state;
        });
    }

    private static <T extends @Nullable Object> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (DatabaseException e) {
            throw translate(e);
        }
    }

    static DeliveryQueueException translate(DatabaseException e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof DatabaseUnavailableException
                ? new QueueUnavailableException(message, e)
                : new DeliveryQueueException(message, e);
    }
}
