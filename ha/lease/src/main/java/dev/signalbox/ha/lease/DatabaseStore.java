package dev.signalbox.ha.lease;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
import dev.signalbox.database.Work;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Leases as rows. Each statement decides and changes in one step, by the time at which the database runs it; the servers look at
 * a row as it is after they waited for it. Thread-safe.
 */
final class DatabaseStore implements LeaseStore {
    private static final int ATTEMPTS = 10;

    private final Database database;
    private final LeaseTaking taking;
    private final String renew;
    private final String end;
    private final String find;

    DatabaseStore(Database database) {
        this.database = database;
        String now = now(database.dialect());
        taking = LeaseTaking.of(database.dialect(), now);
        renew =
                "update signalbox_lease set until = $now + ? where name = ? and owner = ? and epoch = ? and until > $now"
                        .replace("$now", now);
        end =
                "update signalbox_lease set owner = '', until = 0 where name = ? and owner = ? and epoch = ? and until > $now"
                        .replace("$now", now);
        find = "select owner, epoch, until - $now from signalbox_lease where name = ? and owner <> '' and until > $now"
                .replace("$now", now);
    }

    /** Microseconds since 1970, at the moment of the statement and not of its transaction. */
    static String now(Dialect dialect) {
        return switch (dialect) {
            case POSTGRESQL -> "(extract(epoch from clock_timestamp()) * 1000000)::bigint";
            case SQLITE -> "cast(unixepoch('subsec') * 1000000 as integer)";
            case MYSQL -> "timestampdiff(microsecond, '1970-01-01 00:00:00', sysdate(6))"; // the session's zone is UTC
            case SQLSERVER -> "datediff_big(microsecond, '1970-01-01', sysutcdatetime())";
        };
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        LeaseNames.checked(name);
        LeaseNames.checked(owner);
        return run(connection -> acquire(connection, taking, name, owner, ttl));
    }

    /** Race: the lease may end between the two statements, hence the loop. */
    Acquisition acquire(Connection connection, LeaseTaking by, String name, String owner, Duration ttl)
            throws SQLException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Long> epoch = by.take(connection, name, owner, micros(ttl));
            if (epoch.isPresent()) {
                return new Acquisition.Granted(epoch.get());
            }
            Optional<LeaseState> holder = find(connection, name);
            if (holder.isPresent()) {
                return new Acquisition.Refused(holder.get());
            }
        }
        throw new LeaseStoreUnavailableException("the lease '" + name + "' changes hands too fast to be taken", null);
    }

    @Override
    public boolean renew(String name, String owner, long epoch, Duration ttl) {
        return run(connection -> renew(connection, renew, name, owner, epoch, ttl));
    }

    /** @param sql with the parameters ttl in microseconds, name, owner and epoch */
    boolean renew(Connection connection, String sql, String name, String owner, long epoch, Duration ttl)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, micros(ttl));
            statement.setString(2, name);
            statement.setString(3, owner);
            statement.setLong(4, epoch);
            return statement.executeUpdate() == 1;
        }
    }

    @Override
    public boolean release(String name, String owner, long epoch) {
        return run(connection -> release(connection, name, owner, epoch));
    }

    boolean release(Connection connection, String name, String owner, long epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(end)) {
            statement.setString(1, name);
            statement.setString(2, owner);
            statement.setLong(3, epoch);
            return statement.executeUpdate() == 1;
        }
    }

    @Override
    public Optional<LeaseState> find(String name) {
        return run(connection -> find(connection, name));
    }

    private Optional<LeaseState> find(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new LeaseState(
                                name, row.getString(1), row.getLong(2), Duration.of(row.getLong(3), ChronoUnit.MICROS)))
                        : Optional.empty();
            }
        }
    }

    private static long micros(Duration ttl) {
        return ttl.toNanos() / 1_000;
    }

    private <T> T run(Work<T> work) {
        return Failing.translated(() -> database.autoCommit(work));
    }

    /** The database is the caller's. */
    @Override
    public void close() {}
}
