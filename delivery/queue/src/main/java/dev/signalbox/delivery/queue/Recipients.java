package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each recipient of a lane was tried, in SQL that every database takes. */
final class Recipients {
    /** Changes nothing where the recipient has had enough. */
    private static final String SPEND = """
            insert into delivery_recipient (lane, address, began, spent) values (?, ?, ?, 1)
            on conflict (lane, address) do update set
                spent = case when delivery_recipient.began + ? <= excluded.began then 1
                        else delivery_recipient.spent + 1 end,
                began = case when delivery_recipient.began + ? <= excluded.began then excluded.began
                        else delivery_recipient.began end
            where delivery_recipient.began + ? <= excluded.began or delivery_recipient.spent < ?
            """;

    private static final String BEGAN = "select began from delivery_recipient where lane = ? and address = ?";

    /** By the index on the time, in bites. */
    private static final String FORGET = """
            delete from delivery_recipient where lane = ? and began <= ? and address in (
                select address from delivery_recipient where lane = ? and began <= ? order by began limit ?)
            """;

    private Recipients() {}

    /**
     * Counts one attempt for each entry, in the order of addresses, so that nodes wait for one another in one direction only.
     *
     * @return those whose recipients have had enough, and how long until they may have more
     */
    static Map<Claimed, Duration> spend(Connection connection, List<Claimed> entries, Rate rate, long now)
            throws SQLException {
        Map<Claimed, Duration> denied = new HashMap<>();
        List<Claimed> inOrder = entries.stream()
                .filter(entry -> entry.unreadable().isEmpty())
                .sorted(Comparator.comparing((Claimed entry) -> entry.step().address())
                        .thenComparing(Claimed.ORDER))
                .toList();
        try (PreparedStatement statement = connection.prepareStatement(SPEND)) {
            for (Claimed entry : inOrder) {
                if (!spend(statement, entry, rate, now)) {
                    long until = began(connection, entry) + Micros.of(rate.interval());
                    denied.put(entry, Duration.ofNanos((until - now) * 1_000));
                }
            }
        }
        return denied;
    }

    private static boolean spend(PreparedStatement statement, Claimed entry, Rate rate, long now) throws SQLException {
        long interval = Micros.of(rate.interval());
        statement.setString(1, entry.ticket().lane().name());
        statement.setString(2, entry.step().address());
        statement.setLong(3, now);
        statement.setLong(4, interval);
        statement.setLong(5, interval);
        statement.setLong(6, interval);
        statement.setInt(7, rate.count());
        return statement.executeUpdate() == 1;
    }

    private static long began(Connection connection, Claimed entry) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BEGAN)) {
            statement.setString(1, entry.ticket().lane().name());
            statement.setString(2, entry.step().address());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Removes up to {@code limit} whose interval has ended; returns how many. */
    static int forget(Connection connection, Channel lane, long endedBefore, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
            statement.setString(1, lane.name());
            statement.setLong(2, endedBefore);
            statement.setString(3, lane.name());
            statement.setLong(4, endedBefore);
            statement.setInt(5, limit);
            return statement.executeUpdate();
        }
    }
}
