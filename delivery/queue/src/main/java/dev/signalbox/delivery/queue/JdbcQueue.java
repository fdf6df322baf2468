package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.database.Migration;
import dev.signalbox.database.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The queue over JDBC; what differs between databases is in its {@link Store}. */
final class JdbcQueue implements DeliveryQueue {
    /** How many rows one statement inserts. */
    private static final int CHUNK = 1_000;

    private static final Duration SETTLE_PAUSE = Duration.ofMillis(20);

    private static final Duration CLOCK_AGE = Duration.ofMinutes(1);

    private static final String MODULE = "delivery";
    private static final String SCRIPTS = "dev/signalbox/delivery/queue";

    private final Database database;
    private final Store store;
    private final Time time;
    private final Rows rows;
    private final Wake wake;
    private final Intake intake = new Intake(this::commit);
    private final Precedents precedents;
    private final History history;
    private final Search search;
    private final Removal removal;
    private final Figures figures;
    private final FlowControl flow;

    JdbcQueue(Database database, Time time, Wake wake, Rows rows, Store store) {
        this.database = database;
        this.time = time;
        this.rows = rows;
        this.store = store;
        this.wake = wake;
        this.precedents = new Precedents(rows);
        this.history = new History(rows);
        this.search = new Search(rows, store, history);
        this.removal = new Removal(rows, Retention.FOR_EVER);
        this.figures = new Figures(rows, store);
        this.flow = new JdbcFlow(database, store, time, wake);
    }

    static Store store(Database database, Time time, Rows rows) {
        return switch (database.dialect()) {
            case POSTGRESQL -> new PostgresStore(database, time.isDatabases(), rows);
            case MYSQL -> new MySqlStore(database, time.isDatabases(), rows);
            case SQLITE -> new SqliteStore(database, rows);
            case SQLSERVER -> new SqlServerStore(database, time.isDatabases(), rows);
        };
    }

    static JdbcQueue open(Database database, Time time, BodyProtection bodies) {
        return guarded(() -> {
            Rows rows = new Rows(database.dialect(), bodies);
            Store store = store(database, time, rows);
            database.migrate(MODULE, SCRIPTS, JdbcQueue.class.getClassLoader());
            JdbcBatches.migrate(database);
            return new JdbcQueue(database, time, new Wake(database), rows, store);
        });
    }

    /** Connections for a dispatcher alone. */
    Database apart(int connections, Duration answerWithin) {
        return guarded(() -> database.apart("dispatcher", connections, answerWithin));
    }

    /** The same queue through other connections; what is enqueued through one wakes who waits at the other. */
    JdbcQueue over(Database connections) {
        return new JdbcQueue(connections, time, wake, rows, store(connections, time, rows));
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

    Rows rows() {
        return rows;
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
        return unlessConflict(enqueueAll(List.of(reach)).getFirst());
    }

    @Override
    public Receipt enqueue(Connection transaction, Reach reach) {
        return unlessConflict(enqueueAll(transaction, List.of(reach)).getFirst());
    }

    private static Receipt unlessConflict(Receipt receipt) {
        if (receipt.conflict()) {
            throw new ReachConflictException(receipt);
        }
        return receipt;
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
        AtomicBoolean offered = new AtomicBoolean();
        List<Receipt> receipts;
        try {
            receipts = offer(reaches, now, tickets, offered);
        } catch (DatabaseException e) {
            if (!offered.get() || !Faults.isCut(e)) {
                throw e;
            }
            receipts = settle(reaches, now, tickets, e);
        }
        wake.enqueued(tickets, now);
        return receipts;
    }

    /**
     * A chunk that is one statement is a transaction of its own, without the round trips of one.
     *
     * @param offered becomes true once the server has something that it may commit
     */
    private List<Receipt> offer(List<Reach> reaches, long now, List<Ticket> tickets, AtomicBoolean offered) {
        boolean single = reaches.size() <= CHUNK && store.insertsAtOnce(reaches);
        Work<List<Receipt>> insert = connection -> {
            offered.compareAndSet(false, single);
            tickets.clear();
            List<Receipt> receipts = insert(connection, reaches, now, tickets);
            offered.set(true);
            return receipts;
        };
        return single ? database.autoCommit(insert) : database.transact(insert);
    }

    /**
     * The connection broke before the commit was answered. Offering the same ids again settles it: where the first transaction
     * is still under way, the second waits for it. What then stands with the very time of the first offer is this call's own.
     */
    private List<Receipt> settle(List<Reach> reaches, long now, List<Ticket> tickets, DatabaseException cut) {
        long end = System.nanoTime() + database.config().pool().connectTimeout().toNanos();
        DatabaseException last = cut;
        do {
            try {
                return settleOnce(reaches, now, tickets);
            } catch (DatabaseException e) {
                last = e; // The pool may hold more connections that are cut; each costs one attempt.
                LockSupport.parkNanos(SETTLE_PAUSE.toNanos());
            }
        } while (System.nanoTime() < end);
        throw new EnqueueInDoubtException(reaches.stream().map(Reach::id).toList(), last);
    }

    private List<Receipt> settleOnce(List<Reach> reaches, long now, List<Ticket> tickets) {
        List<Receipt> receipts = offer(reaches, now, tickets, new AtomicBoolean());
        Set<UUID> duplicates = new HashSet<>();
        receipts.stream().filter(Receipt::duplicate).map(Receipt::id).forEach(duplicates::add);
        Set<UUID> own = database.read(connection -> history.acceptedAt(connection, List.copyOf(duplicates), now));
        return withOwn(reaches, receipts, own, now, tickets);
    }

    /** Of one id given twice, only the first is new. */
    private static List<Receipt> withOwn(
            List<Reach> reaches, List<Receipt> receipts, Set<UUID> own, long now, List<Ticket> tickets) {
        List<Receipt> settled = new ArrayList<>(receipts.size());
        for (int i = 0; i < receipts.size(); i++) {
            Receipt receipt = receipts.get(i);
            Reach reach = reaches.get(i);
            boolean first = receipt.duplicate() && receipt.id().equals(reach.id()) && own.remove(reach.id());
            if (first) {
                tickets.add(Ticket.first(reach, now));
            }
            settled.add(first ? new Receipt(receipt.id(), false) : receipt);
        }
        return settled;
    }

    @Override
    public List<Receipt> enqueueAll(Connection transaction, List<Reach> reaches) {
        try {
            return enqueueIn(transaction, reaches);
        } catch (SQLException e) {
            throw new DeliveryQueueException("the queue did not accept the message: " + e.getMessage(), e);
        }
    }

    /** The same in a transaction of the queue's own: what it throws lets the database tell what it means. */
    List<Receipt> enqueueIn(Connection transaction, List<Reach> reaches) throws SQLException {
        List<Ticket> tickets = new ArrayList<>();
        long now = time.now();
        List<Receipt> receipts = insert(transaction, reaches, now, tickets);
        wake.willCommit(tickets, now);
        return receipts;
    }

    /** A process that only enqueues has nobody else who looks at the database's clock. */
    void correctClock() {
        if (database.clock().age().compareTo(CLOCK_AGE) > 0) {
            database.health();
        }
    }

    private static int byKey(Reach one, Reach other) {
        int keys = one.dedupeKey().orElse("").compareTo(other.dedupeKey().orElse(""));
        return keys == 0 ? one.id().compareTo(other.id()) : keys;
    }

    private List<Receipt> insert(Connection connection, List<Reach> reaches, long now, List<Ticket> tickets)
            throws SQLException {
        Map<UUID, Reach> distinct = new LinkedHashMap<>();
        reaches.forEach(reach -> distinct.putIfAbsent(reach.id(), reach));
        // Two calls with the same keys then wait for one another in one direction only, and cannot deadlock.
        List<Reach> rest = distinct.values().stream().sorted(JdbcQueue::byKey).toList();
        Set<UUID> fresh = new HashSet<>();
        for (int from = 0; from < rest.size(); from += CHUNK) {
            fresh.addAll(insertChunk(connection, rest.subList(from, Math.min(rest.size(), from + CHUNK)), now));
        }
        return receipts(connection, reaches, now, fresh, tickets);
    }

    /** Looks at the windows of dedupe keys only where one was in the way. */
    private Set<UUID> insertChunk(Connection connection, List<Reach> chunk, long now) throws SQLException {
        Set<UUID> fresh = new HashSet<>(store.insert(connection, chunk, now));
        List<Reach> keyed = chunk.stream()
                .filter(reach -> reach.dedupeKey().isPresent() && !fresh.contains(reach.id()))
                .toList();
        List<Reach> again = keyed.isEmpty() || precedents.free(connection, keyed, now)
                ? keyed
                : precedents.withoutHolder(connection, keyed);
        if (!again.isEmpty()) {
            fresh.addAll(store.insert(connection, again, now));
        }
        return fresh;
    }

    /** Of one id given twice, only the first is new. */
    private List<Receipt> receipts(
            Connection connection, List<Reach> reaches, long now, Set<UUID> fresh, List<Ticket> tickets)
            throws SQLException {
        List<Reach> notNew = new ArrayList<>();
        Set<UUID> left = new HashSet<>(fresh);
        for (Reach reach : reaches) {
            if (left.remove(reach.id())) {
                tickets.add(Ticket.first(reach, now));
            } else {
                notNew.add(reach);
            }
        }
        Iterator<Receipt> standing =
                precedents.receipts(connection, notNew, now).iterator();
        List<Receipt> receipts = new ArrayList<>(reaches.size());
        for (Reach reach : reaches) {
            receipts.add(fresh.remove(reach.id()) ? new Receipt(reach.id(), false) : standing.next());
        }
        return receipts;
    }

    @Override
    public Optional<Status> find(UUID id) {
        return guarded(() -> database.read(connection -> history.find(connection, id)));
    }

    @Override
    public Page list(MessageFilter filter) {
        Limits.check(
                filter.limit() <= MessageFilter.MOST_LISTED,
                "limit",
                "is " + filter.limit() + "; it must be 1 to " + MessageFilter.MOST_LISTED);
        return page(filter);
    }

    private Page page(MessageFilter filter) {
        return guarded(() -> database.read(connection -> search.list(connection, filter)));
    }

    @Override
    public Counts counts() {
        return guarded(() -> database.read(figures::counts));
    }

    @Override
    public Overview overview() {
        return guarded(() -> database.read(connection -> figures.overview(connection, time.now())));
    }

    @Override
    public FlowControl flow() {
        return flow;
    }

    @Override
    public Optional<Change> change(UUID id, Action action, Remark remark) {
        return guarded(() -> transact(changes -> changes.change(id, action, Optional.empty(), remark)));
    }

    @Override
    public Optional<Change> reschedule(UUID id, Schedule schedule, Remark remark) {
        return guarded(() -> transact(changes -> changes.reschedule(id, schedule, remark)));
    }

    @Override
    public BulkChange changeAll(MessageFilter filter, Action action, Remark remark, boolean dryRun) {
        return BulkPages.through(
                Changes.checked(filter, action), this::page, page -> dryRun ? 0 : changeEach(page, action, remark));
    }

    @Override
    public BulkChange count(MessageFilter filter) {
        return BulkPages.through(filter, this::page, page -> 0);
    }

    /** What has left the state it was found in is not touched. */
    private int changeEach(Page page, Action action, Remark remark) {
        return guarded(() -> transact(changes -> {
            int changed = 0;
            for (Status status : page.items()) {
                Optional<Change> change =
                        changes.change(status.reach().id(), action, Optional.of(status.state()), remark);
                changed += change.isPresent() && change.get().changed() ? 1 : 0;
            }
            return changed;
        }));
    }

    private <T> T transact(Changes.Work<T> work) {
        long now = time.now();
        List<Ticket> revived = new ArrayList<>();
        T result = database.transact(connection -> {
            revived.clear();
            return work.run(new Changes(rows, history, removal, connection, now, revived));
        });
        wake.enqueued(revived, now);
        return result;
    }

    static <T extends @Nullable Object> T guarded(Supplier<T> work) {
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
