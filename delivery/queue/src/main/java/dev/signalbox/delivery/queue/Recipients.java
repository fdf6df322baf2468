package dev.signalbox.delivery.queue;

import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each recipient of a lane was tried, in SQL that every database takes. */
final class Recipients {
    private static final String INSERT =
            "insert into delivery_recipient (lane, address, began, spent) values (?, ?, ?, 1)";

    /** Changes nothing where the recipient has had enough. */
    private static final String SPEND = """
            update delivery_recipient set spent = case when began + ? <= ? then 1 else spent + 1 end,
                                          began = case when began + ? <= ? then ? else began end
            where lane = ? and address = ? and (began + ? <= ? or spent < ?)
            """;

    private static final String BEGAN = "select began from delivery_recipient where lane = ? and address = ?";

    /** By the index on the time, in bites. */
    private static final String ENDED =
            "select address from delivery_recipient where lane = ? and began <= ? order by began";

    /** Unless it had another attempt since. */
    private static final String FORGET = "delete from delivery_recipient where lane = ? and address = ? and began <= ?";

    private Recipients() {}

    /**
     * Counts one attempt for each entry, in the order of addresses, so that nodes wait for one another in one direction only.
     *
     * @return those whose recipients have had enough, and how long until they may have more
     */
    static Map<Claimed, Duration> spend(
            Connection connection, Dialect dialect, List<Claimed> entries, Rate rate, long now) throws SQLException {
        Map<Claimed, Duration> denied = new HashMap<>();
        List<Claimed> inOrder = entries.stream()
                .filter(entry -> entry.unreadable().isEmpty())
                .sorted(Comparator.comparing((Claimed entry) -> entry.step().address())
                        .thenComparing(Claimed.ORDER))
                .toList();
        try (PreparedStatement spend = connection.prepareStatement(SPEND);
                PreparedStatement insert = connection.prepareStatement(dialect.ifAbsent(INSERT))) {
            for (Claimed entry : inOrder) {
                // Race: another node may insert the recipient between the first two.
                if (!spend(spend, entry, rate, now) && !insert(insert, entry, now) && !spend(spend, entry, rate, now)) {
                    long until = began(connection, entry) + Micros.of(rate.interval());
                    denied.put(entry, Duration.ofNanos((until - now) * 1_000));
                }
            }
        }
        return denied;
    }

    private static boolean spend(PreparedStatement statement, Claimed entry, Rate rate, long now) throws SQLException {
        long interval = Micros.of(rate.interval());
        statement.setLong(1, interval);
        statement.setLong(2, now);
        statement.setLong(3, interval);
        statement.setLong(4, now);
        statement.setLong(5, now);
        statement.setString(6, entry.ticket().lane().name());
        statement.setString(7, entry.step().address());
        statement.setLong(8, interval);
        statement.setLong(9, now);
        statement.setInt(10, rate.count());
        return statement.executeUpdate() == 1;
    }

    private static boolean insert(PreparedStatement statement, Claimed entry, long now) throws SQLException {
        statement.setString(1, entry.ticket().lane().name());
        statement.setString(2, entry.step().address());
        statement.setLong(3, now);
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

    /** Forgets up to {@code limit} whose interval has ended; returns how many it found. */
    static int forget(Connection connection, Dialect dialect, Channel lane, long endedBefore, int limit)
            throws SQLException {
        List<String> ended = ended(connection, dialect, lane, endedBefore, limit);
        Ledger.batch(connection, FORGET, ended, (statement, address) -> {
            statement.setString(1, lane.name());
            statement.setString(2, address);
            statement.setLong(3, endedBefore);
        });
        return ended.size();
    }

    private static List<String> ended(Connection connection, Dialect dialect, Channel lane, long endedBefore, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ENDED + dialect.limit())) {
            statement.setString(1, lane.name());
            statement.setLong(2, endedBefore);
            statement.setInt(3, limit);
            List<String> ended = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ended.add(row.getString(1));
                }
            }
            return ended;
        }
    }
}
