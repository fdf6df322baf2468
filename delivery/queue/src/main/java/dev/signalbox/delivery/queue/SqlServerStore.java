package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The queue on SQL Server. Not verified live: docs/database.md says so. */
final class SqlServerStore extends LockingStore {
    private static final String CLOCK = "datediff_big(microsecond, '1970-01-01', sysutcdatetime())";

    /**
     * The key's own order, so that nothing is sorted: a sort would lock all rows of the lane. Ranges from the marks on would make the
     * server sort.
     */
    private static final String LOCK_FIRST = Dialect.SQLSERVER.forUpdateSkipLocked(
            TICKET + " from delivery_ready where lane = ? order by priority, run_at, id" + Dialect.SQLSERVER.limit());

    /** @param byItsClock whether leases go by the database's clock, rather than by the time that callers give */
    SqlServerStore(Database database, boolean byItsClock, Rows rows) {
        super(database, byItsClock, rows, CLOCK);
    }

    @Override
    List<Ticket> lockFirst(Connection connection, Channel lane, int limit, long[] marks) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCK_FIRST)) {
            statement.setString(1, lane.name());
            statement.setInt(2, limit);
            return tickets(statement);
        }
    }
}
