package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Batches in two tables; {@link BatchEnds} and {@link PostgresCompletion} count the ends of their messages. */
final class JdbcBatches implements MessageBatches {
    private static final String MODULE = "batches";
    private static final String SCRIPTS = "dev/signalbox/delivery/queue/batches";
    private static final int MOST_AT_A_TIME = 1_000;

    /** Before its messages, so that another transaction that makes the same batch waits for this one, and then finds it. */
    private static final String INSERT =
            "insert into delivery_batch (id, created_at, total, open, callback) values (?, ?, 0, 0, ?)";

    private static final String INSERT_MESSAGE = "insert into delivery_batch_message (id, batch) values (?, ?)";

    private static final String FILL = "update delivery_batch set total = ?, open = ?, completed_at = ? where id = ?";

    private static final String SELECT =
            "select id, created_at, total, open, completed_at, callback, told_by from delivery_batch where id = ?";

    private static final String ENDED = """
            select state, count(*) as n from delivery_batch_message where batch = ? and state is not null group by state
            """;

    private static final String UNTOLD =
            "select id from delivery_batch where untold_since is not null order by untold_since limit ?";

    private static final String TOLD = "update delivery_batch set told_by = ? where id = ?";

    private static final String REMOVABLE = """
            select id from delivery_batch
            where completed_at < ? and untold_since is null order by completed_at limit ?
            """;

    private final JdbcQueue queue;
    private final Database database;
    private final Rows rows;

    JdbcBatches(JdbcQueue queue) {
        this.queue = queue;
        this.database = queue.database();
        this.rows = new Rows(database.dialect());
    }

    static List<Migration> migrations(Database database) {
        return database.migrations(MODULE, SCRIPTS, JdbcBatches.class.getClassLoader());
    }

    static void migrate(Database database) {
        database.migrate(MODULE, SCRIPTS, JdbcBatches.class.getClassLoader());
    }

    @Override
    public Creation create(UUID id, List<Reach> messages, List<Step> callback) {
        Limits.check(
                !messages.isEmpty() && messages.size() <= MOST,
                "messages",
                "are " + messages.size() + "; a batch has 1 to " + MOST);
        if (!callback.isEmpty()) {
            var _ = Reach.to(callback).body("checks the steps").build();
        }
        return JdbcQueue.guarded(() -> database.transact(connection -> create(connection, id, messages, callback)));
    }

    private Creation create(Connection connection, UUID id, List<Reach> messages, List<Step> callback)
            throws SQLException {
        long now = queue.time().now();
        if (!insert(connection, id, callback, now)) {
            return new Creation(one(connection, id, "").orElseThrow(), List.of());
        }
        List<Receipt> receipts = queue.enqueueAll(connection, messages);
        List<UUID> fresh = receipts.stream()
                .filter(receipt -> !receipt.duplicate())
                .map(Receipt::id)
                .toList();
        Ledger.batch(connection, INSERT_MESSAGE, fresh, (statement, message) -> {
            rows.bind(statement, 1, message);
            rows.bind(statement, 2, id);
        });
        fill(connection, id, fresh.size(), now);
        return new Creation(one(connection, id, "").orElseThrow(), receipts);
    }

    private boolean insert(Connection connection, UUID id, List<Step> callback, long now) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(database.dialect().ifAbsent(INSERT))) {
            rows.bind(statement, 1, id);
            statement.setLong(2, now);
            statement.setString(3, callback.isEmpty() ? null : Rows.write(callback));
            return statement.executeUpdate() == 1;
        }
    }

    /** One without a message of its own is complete at once. */
    private void fill(Connection connection, UUID id, int total, long now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FILL)) {
            statement.setInt(1, total);
            statement.setInt(2, total);
            Rows.bindTime(statement, 3, total == 0 ? now : Micros.NONE);
            rows.bind(statement, 4, id);
            statement.executeUpdate();
        }
    }

    @Override
    public Optional<MessageBatch> find(UUID id) {
        return JdbcQueue.guarded(() -> database.read(connection -> one(connection, id, "")));
    }

    private Optional<MessageBatch> one(Connection connection, UUID id, String locking) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SELECT + locking)) {
            rows.bind(statement, 1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(batch(row, ended(connection, id))) : Optional.empty();
            }
        }
    }

    private MessageBatch batch(ResultSet row, Map<State, Integer> ended) throws SQLException {
        String callback = row.getString("callback");
        boolean told = row.getObject("told_by") != null;
        return new MessageBatch(
                rows.id(row, "id"),
                Micros.instant(row.getLong("created_at")),
                row.getInt("total"),
                row.getInt("open"),
                ended,
                Micros.optional(row.getLong("completed_at")),
                callback == null ? List.of() : Rows.readSteps(callback),
                told ? Optional.of(rows.id(row, "told_by")) : Optional.empty());
    }

    private Map<State, Integer> ended(Connection connection, UUID id) throws SQLException {
        Map<State, Integer> ended = new EnumMap<>(State.class);
        try (PreparedStatement statement = connection.prepareStatement(ENDED)) {
            rows.bind(statement, 1, id);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ended.put(State.valueOf(row.getString("state")), row.getInt("n"));
                }
            }
        }
        return ended;
    }

    @Override
    public int tell(int most) {
        return JdbcQueue.guarded(() -> {
            int told = 0;
            for (UUID id : ids(UNTOLD, null, checked(most))) {
                told += database.<Boolean>transact(connection -> tell(connection, id)) ? 1 : 0;
            }
            return told;
        });
    }

    private static int checked(int most) {
        Limits.check(most >= 1 && most <= MOST_AT_A_TIME, "most", "is " + most + "; it must be 1 to " + MOST_AT_A_TIME);
        return most;
    }

    private List<UUID> ids(String sql, @Nullable Instant before, int most) {
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int index = 0;
                if (before != null) {
                    statement.setLong(++index, Micros.of(before));
                }
                statement.setInt(++index, most);
                return IndexWalk.ids(rows, statement);
            }
        });
    }

    /** The row's lock decides between nodes: one that finds it locked, or told of by now, leaves it alone. */
    private boolean tell(Connection connection, UUID id) throws SQLException {
        Optional<MessageBatch> found = one(connection, id, database.dialect().forUpdateSkipLocked())
                .filter(batch -> batch.toldBy().isEmpty());
        if (found.isEmpty()) {
            return false;
        }
        Reach message = Reach.to(found.get().callback())
                .body(summary(found.get()))
                .headers(Map.of("content-type", "application/json", "batch", id.toString()))
                .build();
        queue.enqueueAll(connection, List.of(message));
        try (PreparedStatement statement = connection.prepareStatement(TOLD)) {
            rows.bind(statement, 1, message.id());
            rows.bind(statement, 2, id);
            return statement.executeUpdate() == 1;
        }
    }

    /** In JSON; none of the values has a character that would have to be escaped. */
    private static String summary(MessageBatch batch) {
        String ended = batch.ended().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> "\"%s\": %d".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return """
                {"batch": "%s", "total": %d, "ended": {%s}, "createdAt": "%s", "completedAt": "%s"}""".formatted(
                        batch.id(),
                        batch.total(),
                        ended,
                        batch.createdAt(),
                        batch.completedAt().orElseThrow());
    }

    @Override
    public int removeCompletedBefore(Instant time, int most) {
        return JdbcQueue.guarded(() -> {
            List<UUID> old = ids(REMOVABLE, time, checked(most));
            for (UUID id : old) {
                database.<Integer>transact(connection -> {
                    delete(connection, "delete from delivery_batch_message where batch = ?", id);
                    return delete(connection, "delete from delivery_batch where id = ?", id);
                });
            }
            return old.size();
        });
    }

    private int delete(Connection connection, String sql, UUID id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            rows.bind(statement, 1, id);
            return statement.executeUpdate();
        }
    }
}
