package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
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
     * Under this lock one receipt of a message is recorded at a time, so that of two the higher stays, whichever comes first. It
     * waits for a removal of the message that is under way, and then finds none.
     */
    private static final String MESSAGE = "select 1 from delivery_message where id = ?";

    private static final String RAISE = """
            update delivery_receipt set step = ?, status = ?, status_rank = ?, code = ?, at = ?
            where id = ? and provider_id = ? and status_rank < ?
            """;

    private static final String INSERT = """
            insert into delivery_receipt (step, status, status_rank, code, at, id, provider_id) values (?, ?, ?, ?, ?, ?, ?)
            """;

    private final Database database;
    private final Rows rows;
    private final String lockMessage;
    private final String insert;

    private JdbcReceipts(Database database) {
        this.database = database;
        this.rows = new Rows(database.dialect());
        this.lockMessage = database.dialect().forUpdate(MESSAGE);
        this.insert = database.dialect().ifAbsent(INSERT);
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
        return guarded(() -> database.transact(connection ->
                isThere(connection, receipt.message()) && (raise(connection, receipt) || insert(connection, receipt))));
    }

    private boolean isThere(Connection connection, UUID message) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(lockMessage)) {
            rows.bind(statement, 1, message);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private boolean raise(Connection connection, DeliveryReceipt receipt) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RAISE)) {
            bind(statement, receipt);
            statement.setInt(8, receipt.status().rank());
            return statement.executeUpdate() > 0;
        }
    }

    /** False if one is there that is as high, since that was not raised. */
    private boolean insert(Connection connection, DeliveryReceipt receipt) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            bind(statement, receipt);
            return statement.executeUpdate() > 0;
        }
    }

    private void bind(PreparedStatement statement, DeliveryReceipt receipt) throws SQLException {
        statement.setInt(1, receipt.step());
        statement.setString(2, receipt.status().name());
        statement.setInt(3, receipt.status().rank());
        statement.setString(4, receipt.code().orElse(null));
        statement.setLong(5, Micros.of(receipt.at()));
        rows.bind(statement, 6, receipt.message());
        statement.setString(7, receipt.providerId());
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
