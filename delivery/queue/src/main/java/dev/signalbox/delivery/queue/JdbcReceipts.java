package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Dialect;
import dev.signalbox.database.Migration;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Receipts in a table of their own, so that the queue's tables do not grow by what only some channels have. */
final class JdbcReceipts implements DeliveryReceipts {
    private static final String MODULE = "receipts";
    private static final String SCRIPTS = "dev/signalbox/delivery/queue/receipts";

    /**
     * One statement, so that of two receipts at the same time the higher stays, whichever comes first. With a lock it waits for a
     * removal of the message that is under way, and then finds none.
     */
    private static final String RECORD = """
            insert into delivery_receipt (id, provider_id, step, status, rank, code, at)
            select id, ?, ?, ?, ?, ?, ? from delivery_message where id = ? -- lock
            on conflict (id, provider_id) do update
            set status = excluded.status, rank = excluded.rank, code = excluded.code, at = excluded.at
            where excluded.rank > delivery_receipt.rank
            """;

    private final Database database;
    private final Rows rows;
    private final String record;

    private JdbcReceipts(Database database) {
        this.database = database;
        this.rows = new Rows(database.dialect());
        this.record = database.dialect() == Dialect.POSTGRESQL ? RECORD.replace("-- lock", "for key share") : RECORD;
    }

    static JdbcReceipts open(Database database) {
        return guarded(() -> {
            database.migrate(MODULE, SCRIPTS, JdbcReceipts.class.getClassLoader());
            return new JdbcReceipts(database);
        });
    }

    static List<Migration> migrations(Database database) {
        return guarded(() -> database.migrations(MODULE, SCRIPTS, JdbcReceipts.class.getClassLoader()));
    }

    @Override
    public boolean record(DeliveryReceipt receipt) {
        return guarded(() -> database.autoCommit(connection -> record(connection, receipt)));
    }

    private boolean record(Connection connection, DeliveryReceipt receipt) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(record)) {
            statement.setString(1, receipt.providerId());
            statement.setInt(2, receipt.step());
            statement.setString(3, receipt.status().name());
            statement.setInt(4, receipt.status().rank());
            statement.setString(5, receipt.code().orElse(null));
            statement.setLong(6, Micros.of(receipt.at()));
            rows.bind(statement, 7, receipt.message());
            return statement.executeUpdate() > 0;
        }
    }

    @Override
    public List<DeliveryReceipt> of(UUID message) {
        return guarded(() -> database.read(connection -> of(connection, message)));
    }

    private List<DeliveryReceipt> of(Connection connection, UUID message) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select provider_id, step, status, code, at from delivery_receipt where id = ? order by step, at")) {
            rows.bind(statement, 1, message);
            List<DeliveryReceipt> receipts = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    receipts.add(new DeliveryReceipt(
                            message,
                            row.getInt("step"),
                            row.getString("provider_id"),
                            DeliveryReceipt.Status.valueOf(row.getString("status")),
                            Optional.ofNullable(row.getString("code")),
                            Micros.instant(row.getLong("at"))));
                }
            }
            return receipts;
        }
    }

    private static <T> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (DatabaseException e) {
            throw JdbcQueue.translate(e);
        }
    }
}
