package dev.signalbox.ha.lease;

import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Takes a lease that is free, that ended, or that is the owner's already, in one statement that decides and changes. */
@FunctionalInterface
interface LeaseTaking {
    /**
     * Returns the new epoch; empty if another has the lease.
     *
     * @param ttl in microseconds
     */
    Optional<Long> take(Connection connection, String name, String owner, long ttl) throws SQLException;

    /**
     * The way of that database.
     *
     * @param now the SQL of the database's time in microseconds
     */
    static LeaseTaking of(Dialect dialect, String now) {
        return switch (dialect) {
            case POSTGRESQL, SQLITE -> byUpsert(now);
            case MYSQL -> byUpdate(now);
            case SQLSERVER -> byOutput(now);
        };
    }

    private static LeaseTaking byUpsert(String now) {
        String take = """
                insert into signalbox_lease (name, owner, epoch, until) values (?, ?, 1, $now + ?)
                on conflict (name) do update
                    set owner = excluded.owner, epoch = signalbox_lease.epoch + 1, until = $now + ?
                    where signalbox_lease.until <= $now or signalbox_lease.owner in ('', excluded.owner)
                returning epoch
                """.replace("$now", now);
        return (connection, name, owner, ttl) -> {
            try (PreparedStatement statement = connection.prepareStatement(take)) {
                statement.setString(1, name);
                statement.setString(2, owner);
                statement.setLong(3, ttl);
                statement.setLong(4, ttl);
                return first(statement);
            }
        };
    }

    /**
     * MySQL returns no rows from a change; it keeps the number that {@code last_insert_id(…)} was given for its connection. An
     * update, like every change, sees the row as it is once its lock is had.
     */
    private static LeaseTaking byUpdate(String now) {
        String update = """
                update signalbox_lease set epoch = last_insert_id(epoch + 1), owner = ?, until = $now + ?
                where name = ? and (until <= $now or owner in ('', ?))
                """.replace("$now", now);
        String insert = insert(Dialect.MYSQL, now);
        return (connection, name, owner, ttl) -> {
            try (PreparedStatement statement = connection.prepareStatement(update)) {
                bindUpdate(statement, name, owner, ttl);
                if (statement.executeUpdate() == 1) {
                    return lastInsertId(connection);
                }
            }
            return inserted(connection, insert, name, owner, ttl);
        };
    }

    /** SQL Server returns the rows that an update has changed. Like every change, it sees the row as it is once its lock is had. */
    private static LeaseTaking byOutput(String now) {
        String update = """
                update signalbox_lease set epoch = epoch + 1, owner = ?, until = $now + ?
                output inserted.epoch where name = ? and (until <= $now or owner in ('', ?))
                """.replace("$now", now);
        String insert = insert(Dialect.SQLSERVER, now);
        return (connection, name, owner, ttl) -> {
            try (PreparedStatement statement = connection.prepareStatement(update)) {
                bindUpdate(statement, name, owner, ttl);
                Optional<Long> epoch = first(statement);
                if (epoch.isPresent()) {
                    return epoch;
                }
            }
            return inserted(connection, insert, name, owner, ttl);
        };
    }

    private static void bindUpdate(PreparedStatement statement, String name, String owner, long ttl)
            throws SQLException {
        statement.setString(1, owner);
        statement.setLong(2, ttl);
        statement.setString(3, name);
        statement.setString(4, owner);
    }

    /** The first time that somebody takes it. */
    private static String insert(Dialect dialect, String now) {
        return dialect.ifAbsent("insert into signalbox_lease (name, owner, epoch, until) values (?, ?, 1, $now + ?)"
                .replace("$now", now));
    }

    private static Optional<Long> inserted(Connection connection, String insert, String name, String owner, long ttl)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, name);
            statement.setString(2, owner);
            statement.setLong(3, ttl);
            return statement.executeUpdate() == 1 ? Optional.of(1L) : Optional.empty();
        }
    }

    private static Optional<Long> lastInsertId(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select last_insert_id()")) {
            return first(statement);
        }
    }

    private static Optional<Long> first(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
        }
    }
}
