package dev.signalbox.ha.lease;

import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/** A row a name with the newest epoch. */
final class DatabaseFence {
    private static final String ADMIT = """
            insert into signalbox_fence (name, epoch) values (?, ?)
            on conflict (name) do update set epoch = excluded.epoch where signalbox_fence.epoch <= excluded.epoch
            """;
    private static final String RAISE = "update signalbox_fence set epoch = ? where name = ? and epoch <= ?";
    private static final String INSERT = "insert into signalbox_fence (name, epoch) values (?, ?)";

    private DatabaseFence() {}

    static boolean admits(Connection connection, String name, long epoch) throws SQLException {
        Optional<Dialect> server = withoutUpsert(connection);
        if (server.isEmpty()) {
            return insert(connection, ADMIT, name, epoch);
        }
        // Race: another may insert the row after the first update found none, hence the second.
        return raise(connection, name, epoch)
                || insert(connection, server.get().ifAbsent(INSERT), name, epoch)
                || raise(connection, name, epoch);
    }

    /** Those whose upsert does not say whether it changed something, or that have none. */
    private static Optional<Dialect> withoutUpsert(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        if (product.contains("microsoft")) {
            return Optional.of(Dialect.SQLSERVER);
        }
        return product.contains("mariadb") || product.contains("mysql") ? Optional.of(Dialect.MYSQL) : Optional.empty();
    }

    private static boolean raise(Connection connection, String name, long epoch) throws SQLException {
        try (PreparedStatement raise = connection.prepareStatement(RAISE)) {
            raise.setLong(1, epoch);
            raise.setString(2, name);
            raise.setLong(3, epoch);
            return raise.executeUpdate() == 1;
        }
    }

    private static boolean insert(Connection connection, String sql, String name, long epoch) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, name);
            insert.setLong(2, epoch);
            return insert.executeUpdate() == 1;
        }
    }
}
