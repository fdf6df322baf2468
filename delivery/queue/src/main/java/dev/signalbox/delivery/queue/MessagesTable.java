package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table {@code messages} of go-message-dispatcher as a way into the queue: any program inserts rows, each becomes a message
 * for its telephone number, and when that was sent, {@code sent} turns true. A row whose number or content makes no message is
 * passed over, with the reason in {@code delivery_intake}. Several nodes may work on one table. Thread-safe.
 */
public final class MessagesTable implements AutoCloseable {
    /** Rows that one transaction takes in. */
    static final int BITE = 500;

    /** Rows of which one transaction looks whether they were sent. */
    static final int WINDOW = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(MessagesTable.class);
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private static final String TABLE = """
            create table if not exists messages (
                id           %s,
                phone_number varchar(20) not null,
                content      text        not null,
                sent         boolean     not null default false,
                created_at   timestamp   not null default current_timestamp%s
            )
            """;

    private static final String UNSENT_INDEX =
            "create index if not exists messages_unsent on messages (created_at, id) where sent = false";

    private static final String TABLE_OF_SQL_SERVER = """
            create table messages (
                id           bigint        not null identity primary key,
                phone_number nvarchar(20)  not null,
                content      nvarchar(max) not null,
                sent         bit           not null default 0,
                created_at   datetime2     not null default sysutcdatetime()
            )
            """;

    private static final String INDEX_OF_SQL_SERVER =
            "create index messages_unsent on messages (created_at, id) where sent = 0";

    private static final String NOTE = "insert into delivery_intake (message, id, problem) values (?, ?, ?)";

    private static final String FORGET = "delete from delivery_intake where message = ?";

    private final JdbcQueue queue;
    private final Database database;
    private final Dialect dialect;
    private final Rows rows;
    private final Duration poll;
    private final int maxAttempts;
    private final Control control = new Control();
    private final WakeUp wakeUp = new WakeUp();
    private @Nullable Thread loop;

    /** Whether the last look failed. Confined to the loop. */
    private boolean failing;

    /** How far the look for what was sent has come. Only one thread at a time touches it. */
    private long cursor = Long.MIN_VALUE;

    private MessagesTable(JdbcQueue queue, Duration poll, int maxAttempts) {
        this.queue = queue;
        this.database = queue.database();
        this.dialect = database.dialect();
        this.rows = new Rows(dialect);
        this.poll = poll;
        this.maxAttempts = maxAttempts;
    }

    /**
     * Opens the table in a queue's database, and makes it if it is missing.
     *
     * @param queue one that {@link DeliveryQueue#on} opened
     * @param poll how often to look for new rows, and for those that were sent
     * @param maxAttempts of each message
     * @throws DeliveryQueueException if the database fails
     */
    public static MessagesTable open(DeliveryQueue queue, Duration poll, int maxAttempts) {
        if (!(queue instanceof JdbcQueue jdbc)) {
            throw new IllegalArgumentException("the table needs a queue that DeliveryQueue.on opened");
        }
        MessagesTable table = new MessagesTable(jdbc, poll, maxAttempts);
        JdbcQueue.guarded(() -> jdbc.database().transact(table::create));
        return table;
    }

    /** The index covers unsent rows only; without it each poll would read all rows that were ever sent. */
    private boolean create(Connection connection) throws SQLException {
        if (isThere(connection)) {
            return false;
        }
        try (Statement statement = connection.createStatement()) {
            for (String sql : tables()) {
                statement.execute(sql);
            }
            return true;
        }
    }

    /** SQLite gives the highest id again once its row is deleted, unless told otherwise. MySQL has no index of some rows only. */
    private List<String> tables() {
        return switch (dialect) {
            case POSTGRESQL -> List.of(TABLE.formatted("serial primary key", ""), UNSENT_INDEX);
            case SQLITE -> List.of(TABLE.formatted("integer primary key autoincrement", ""), UNSENT_INDEX);
            case MYSQL ->
                List.of(TABLE.formatted(
                        "bigint not null primary key auto_increment", ", key messages_unsent (sent, created_at, id)"));
            case SQLSERVER -> List.of(TABLE_OF_SQL_SERVER, INDEX_OF_SQL_SERVER);
        };
    }

    /** A table that another program created is not altered, so UPDATE and SELECT are enough there. */
    private boolean isThere(Connection connection) throws SQLException {
        String schema = dialect == Dialect.SQLITE ? null : connection.getSchema();
        try (ResultSet found = connection.getMetaData().getTables(connection.getCatalog(), schema, "messages", null)) {
            return found.next();
        }
    }

    /** Works by itself from now on, on a thread of its own. Once. */
    public synchronized void start() {
        if (loop == null) {
            loop = new Supervisor(poll, control::isStopped).start("signalbox-messages-table", this::run);
        }
    }

    private void run() throws InterruptedException {
        while (!control.isStopped()) {
            boolean more = false;
            try {
                more = takeIn() == BITE;
                markSent();
                failing = false;
            } catch (DatabaseException | DeliveryQueueException e) {
                failed(e);
            }
            if (!more) {
                wakeUp.await(poll);
            }
        }
    }

    /** Once for as long as it lasts, since it is tried again at each poll. */
    private void failed(RuntimeException failure) {
        if (!failing) {
            LOG.warn("the table messages could not be read or marked; it is tried again", failure);
        }
        failing = true;
    }

    /**
     * Enqueues rows that are new, the oldest first, in one transaction; returns how many it took, those that make no message
     * included.
     *
     * @throws DeliveryQueueException if the database fails
     */
    public int takeIn() {
        return JdbcQueue.guarded(() -> database.transact(this::takeNew));
    }

    /** A row as another program wrote it. */
    private record Written(
            long message, @Nullable String number, @Nullable String content) {
        Reach reach(int maxAttempts) {
            return Reach.to(Channel.SMS, number == null ? "" : number.strip())
                    .body(content == null ? "" : content)
                    .maxAttempts(maxAttempts)
                    .build();
        }
    }

    private int takeNew(Connection connection) throws SQLException {
        List<Reach> reaches = new ArrayList<>();
        int taken = 0;
        try (PreparedStatement note = connection.prepareStatement(dialect.ifAbsent(NOTE))) {
            for (Written row : unsent(connection)) {
                taken += take(note, row, reaches) ? 1 : 0;
            }
        }
        queue.enqueueIn(connection, reaches);
        return taken;
    }

    private List<Written> unsent(Connection connection) throws SQLException {
        String sql = dialect.forUpdateSkipLocked("""
                select m.id, m.phone_number, m.content from messages m
                where m.sent = %s and not exists (select 1 from delivery_intake i where i.message = m.id)
                order by m.created_at, m.id%s
                """.formatted(dialect.literal(false), dialect.limit(BITE)));
        List<Written> unsent = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                unsent.add(new Written(row.getLong("id"), row.getString("phone_number"), row.getString("content")));
            }
        }
        return unsent;
    }

    /** False if another node took the row since this statement began. */
    private boolean take(PreparedStatement note, Written row, List<Reach> reaches) throws SQLException {
        note.setLong(1, row.message());
        try {
            Reach reach = row.reach(maxAttempts);
            rows.bind(note, 2, reach.id());
            note.setNull(3, Types.VARCHAR);
            boolean taken = note.executeUpdate() == 1;
            if (taken) {
                reaches.add(reach);
            }
            return taken;
        } catch (IllegalArgumentException e) {
            LOG.warn("row {} of the table messages makes no message: {}", row.message(), e.getMessage());
            rows.bindNoId(note, 2);
            note.setString(3, Limits.fitted(String.valueOf(e.getMessage())));
            return note.executeUpdate() == 1;
        }
    }

    /**
     * Marks rows whose messages were sent; returns how many. Forgets rows that were deleted, because another row may get the same id.
     * Continues where the last call stopped, and starts over after the last row.
     *
     * @throws DeliveryQueueException if the database fails
     */
    public synchronized int markSent() {
        long from = cursor;
        String mark = "update messages set sent = " + dialect.literal(true) + " where id = ?";
        List<Taken> window = JdbcQueue.guarded(() -> database.transact(connection -> {
            List<Taken> read = window(connection, from);
            List<Taken> sent = read.stream().filter(Taken::isSent).toList();
            List<Taken> done = read.stream().filter(Taken::isDone).toList();
            Ledger.batch(connection, mark, sent, (statement, row) -> statement.setLong(1, row.message()));
            Ledger.batch(connection, FORGET, done, (statement, row) -> statement.setLong(1, row.message()));
            return read;
        }));
        cursor = window.size() < WINDOW ? Long.MIN_VALUE : window.getLast().message();
        return (int) window.stream().filter(Taken::isSent).count();
    }

    /** A row that was taken in. */
    private record Taken(long message, boolean isSent, boolean isThere) {
        boolean isDone() {
            return isSent || !isThere;
        }
    }

    private List<Taken> window(Connection connection, long from) throws SQLException {
        List<Taken> window = new ArrayList<>();
        String sql = """
                select i.message,
                       case when exists (select 1 from delivery_outcome o where o.id = i.id and o.state = 'SENT')
                           then 1 else 0 end as is_sent,
                       case when exists (select 1 from messages m where m.id = i.message) then 1 else 0 end as is_there
                from (select message, id from delivery_intake where message > ? order by message%s) i
                order by i.message
                """.formatted(dialect.limit(WINDOW));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, from);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    window.add(
                            new Taken(row.getLong("message"), row.getInt("is_sent") == 1, row.getInt("is_there") == 1));
                }
            }
        }
        return window;
    }

    /** Stops looking. Idempotent. */
    @Override
    public void close() {
        control.stop();
        wakeUp.signal();
        Thread running;
        synchronized (this) {
            running = loop;
        }
        if (running != null) {
            try {
                running.join(CLOSING);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
