package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Batches in two tables. {@link BatchRows} reads them; {@link BatchEnds} and {@link PostgresCompletion} count the ends of their messages. */
final class JdbcBatches implements MessageBatches {
    private static final String MODULE = "batches";
    private static final String SCRIPTS = "dev/signalbox/delivery/queue/batches";
    private static final int MOST_AT_A_TIME = 1_000;

    /** Before its messages, so that another transaction that makes the same batch waits for this one, and then finds it. */
    private static final String INSERT =
            "insert into delivery_batch (id, created_at, total, remaining, callback, digest) values (?, ?, 0, 0, ?, ?)";

    private static final String DIGEST = "select digest from delivery_batch where id = ?";

    private static final String INSERT_MESSAGE = "insert into delivery_batch_message (id, batch) values (?, ?)";

    private static final String FILL =
            "update delivery_batch set total = ?, remaining = ?, completed_at = ? where id = ?";

    private static final String UNTOLD =
            "select id from delivery_batch where untold_since is not null order by untold_since";

    private static final String TOLD = "update delivery_batch set told_by = ? where id = ?";

    private static final String REMOVABLE = """
            select id from delivery_batch
            where completed_at < ? and untold_since is null order by completed_at
            """;

    private final JdbcQueue queue;
    private final Database database;
    private final Rows rows;
    private final BatchRows batches;

    JdbcBatches(JdbcQueue queue) {
        this.queue = queue;
        this.database = queue.database();
        this.rows = queue.rows();
        this.batches = new BatchRows(rows);
    }

    static List<Migration> migrations(Database database) {
        return database.migrations(MODULE, SCRIPTS, JdbcBatches.class.getClassLoader());
    }

    static void migrate(Database database) {
        database.migrate(MODULE, SCRIPTS, JdbcBatches.class.getClassLoader());
    }

    @Override
    public Creation create(UUID id, List<Reach> messages, List<Step> callback) {
        check(messages, callback);
        queue.correctClock();
        return JdbcQueue.guarded(() -> database.transact(connection -> createIn(connection, id, messages, callback)));
    }

    @Override
    public Creation create(Connection transaction, UUID id, List<Reach> messages, List<Step> callback) {
        check(messages, callback);
        try {
            return createIn(transaction, id, messages, callback);
        } catch (SQLException e) {
            throw new DeliveryQueueException("the queue did not accept the batch: " + e.getMessage(), e);
        }
    }

    private static void check(List<Reach> messages, List<Step> callback) {
        Limits.check(
                !messages.isEmpty() && messages.size() <= MOST,
                "messages",
                "are " + messages.size() + "; a batch has 1 to " + MOST);
        if (!callback.isEmpty()) {
            var _ = Reach.to(callback).body("checks the steps").build();
        }
    }

    private Creation createIn(Connection connection, UUID id, List<Reach> messages, List<Step> callback)
            throws SQLException {
        long now = queue.time().now();
        String digest = BatchDigest.of(messages, !rows.redactsSent());
        if (!insert(connection, id, callback, digest, now)) {
            return new Creation(standing(connection, id, messages, callback), List.of());
        }
        List<Receipt> receipts = queue.enqueueIn(connection, messages);
        List<UUID> fresh = receipts.stream()
                .filter(receipt -> !receipt.duplicate())
                .map(Receipt::id)
                .toList();
        Ledger.batch(connection, INSERT_MESSAGE, fresh, (statement, message) -> {
            rows.bind(statement, 1, message);
            rows.bind(statement, 2, id);
        });
        fill(connection, id, fresh.size(), now);
        return new Creation(visible(connection, id), receipts);
    }

    private boolean insert(Connection connection, UUID id, List<Step> callback, String digest, long now)
            throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(database.dialect().ifAbsent(INSERT))) {
            rows.bind(statement, 1, id);
            statement.setLong(2, now);
            statement.setString(3, callback.isEmpty() ? null : Rows.write(callback));
            statement.setString(4, rows.sealed(id, digest));
            return statement.executeUpdate() == 1;
        }
    }

    private MessageBatch visible(Connection connection, UUID id) throws SQLException {
        return batches.one(connection, id)
                .orElseThrow(() -> new SQLException("a batch has this id that this transaction cannot see"));
    }

    /** The batch that has the id already, if it is the one that is offered. */
    private MessageBatch standing(Connection connection, UUID id, List<Reach> messages, List<Step> callback)
            throws SQLException {
        MessageBatch standing = visible(connection, id);
        List<String> differing = new ArrayList<>();
        if (!isMadeOf(connection, id, messages)) {
            differing.add("messages");
        }
        if (!standing.callback().equals(callback)) {
            differing.add("callback");
        }
        if (!differing.isEmpty()) {
            throw new BatchConflictException(id, differing);
        }
        return standing;
    }

    /**
     * The removal of bodies may have been switched on or off since it was made, so either digest will do. What was sealed with a key that
     * this node does not have any more counts as the same: nobody can tell.
     */
    private boolean isMadeOf(Connection connection, UUID id, List<Reach> messages) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DIGEST)) {
            rows.bind(statement, 1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        && rows.unsealed(id, row.getString("digest"))
                                .map(stored -> stored.equals(BatchDigest.of(messages, true))
                                        || stored.equals(BatchDigest.of(messages, false)))
                                .orElse(true);
            }
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
        return JdbcQueue.guarded(() -> database.read(connection -> batches.one(connection, id)));
    }

    @Override
    public Page list(Optional<String> cursor, int limit) {
        Limits.check(
                limit >= 1 && limit <= MessageFilter.MOST_LISTED,
                "limit",
                "is " + limit + "; it must be 1 to " + MessageFilter.MOST_LISTED);
        return JdbcQueue.guarded(() -> database.read(connection -> batches.page(connection, cursor, limit)));
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
            try (PreparedStatement statement =
                    connection.prepareStatement(sql + database.dialect().limit())) {
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
        Optional<MessageBatch> found =
                batches.locked(connection, id).filter(batch -> batch.toldBy().isEmpty());
        if (found.isEmpty()) {
            return false;
        }
        Reach message = Reach.to(found.get().callback())
                .body(summary(found.get()))
                .headers(Map.of("content-type", "application/json", "batch", id.toString()))
                .build();
        queue.enqueueIn(connection, List.of(message));
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
