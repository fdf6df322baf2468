package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The queue on MariaDB and MySQL. */
final class MySqlStore extends LockingStore {
    /** Sessions are in UTC. */
    private static final String CLOCK = "timestampdiff(microsecond, '1970-01-01 00:00:00', sysdate(6))";

    /** One range of the key for each priority, from its mark on: deleted entries before it, which cost time, are not passed. */
    private static final String LOCK_FIRST = TICKET + " from delivery_ready force index (primary) where lane = ? and ("
            + IntStream.rangeClosed(0, Limits.PRIORITY)
                    .mapToObj(priority -> "priority = " + priority + " and run_at >= ?")
                    .collect(Collectors.joining(" or "))
            + ") order by priority, run_at, id limit ? for update skip locked";

    /** @param byItsClock whether leases go by the database's clock, rather than by the time that callers give */
    MySqlStore(Database database, boolean byItsClock, Rows rows) {
        super(database, byItsClock, rows, CLOCK);
    }

    @Override
    List<Ticket> lockFirst(Connection connection, Channel lane, int limit, long[] marks) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCK_FIRST)) {
            int index = 0;
            statement.setString(++index, lane.name());
            for (long mark : marks) {
                statement.setLong(++index, mark);
            }
            statement.setInt(++index, limit);
            return tickets(statement);
        }
    }
}
