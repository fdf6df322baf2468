package dev.signalbox.delivery.queue;

import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.queue.Store.Outlook;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What there is to do, in one statement whose parts are probes of indexes.
 *
 * @param clock an expression for the time
 */
record LockingLook(Dialect dialect, String clock) {
    /** By one range of the key for each priority. */
    private static final String READY = "select 'ready' as what, lane, 0 as number from delivery_ready where lane = ?"
            + " and priority in ("
            + IntStream.rangeClosed(0, Limits.PRIORITY)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(", "))
            + ") and run_at >= ?";

    /**
     * As {@link Store#look} says.
     *
     * @param now the time, or {@link Micros#NONE} where it is the database's
     */
    Outlook look(Connection connection, Map<Channel, Long> marks, long now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql(marks.size()))) {
            bind(statement, marks, now);
            return outlook(statement);
        }
    }

    private String sql(int lanes) {
        String expired = "select 'expired' as what, lane, 0 as number from delivery_lease where until < coalesce(?, "
                + clock + ") and lane in (" + Rows.placeholders(lanes) + ")";
        return """
                select 'later' as what, '' as lane, coalesce((select min(run_at) from delivery_later), 0) as number
                union all select 'paused', lane, since from delivery_pause
                """ + any(expired) + String.join("", Collections.nCopies(lanes, any(READY)));
    }

    private String any(String select) {
        return " union all select * from (" + select + dialect.limitInAnyOrder(1) + ") q";
    }

    private static void bind(PreparedStatement statement, Map<Channel, Long> marks, long now) throws SQLException {
        int index = 0;
        Rows.bindTime(statement, ++index, now);
        for (Channel lane : marks.keySet()) {
            statement.setString(++index, lane.name());
        }
        for (Map.Entry<Channel, Long> mark : marks.entrySet()) {
            statement.setString(++index, mark.getKey().name());
            statement.setLong(++index, mark.getValue());
        }
    }

    private static Outlook outlook(PreparedStatement statement) throws SQLException {
        long nextDue = Micros.NONE;
        boolean expired = false;
        Set<Channel> ready = new HashSet<>();
        Set<String> paused = new HashSet<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                switch (row.getString("what")) {
                    case "later" -> nextDue = row.getLong("number");
                    case "paused" -> paused.add(row.getString("lane"));
                    case "ready" -> ready.add(new Channel(row.getString("lane")));
                    default -> expired = true;
                }
            }
        }
        return new Outlook(nextDue, ready, expired, paused);
    }
}
