package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is due, found by probes of the index, a few for each lane: no statement walks the messages of a lane. */
final class DueMessages {
    private static final String NEXT_LANE = "select lane from delivery_ready where lane > ? order by lane limit 1";

    private static final String OLDEST = """
            with recursive priorities (priority) as (
                select 0 union all select priority + 1 from priorities where priority < %d
            )
            select min(due) from (
                select (select r.run_at from delivery_ready r where r.lane = ? and r.priority = p.priority
                        order by r.run_at limit 1) as due
                from priorities p) q
            """.formatted(Limits.PRIORITY);

    private DueMessages() {}

    /** The names of the lanes that have any, in their order. */
    static List<String> lanes(Connection connection) throws SQLException {
        List<String> lanes = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(NEXT_LANE)) {
            for (Optional<String> lane = next(statement, ""); lane.isPresent(); lane = next(statement, lane.get())) {
                lanes.add(lane.get());
            }
        }
        return lanes;
    }

    private static Optional<String> next(PreparedStatement statement, String after) throws SQLException {
        statement.setString(1, after);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    /** Since when the first of a lane is due; empty if none is. */
    static Optional<Instant> oldest(Connection connection, String lane) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OLDEST)) {
            statement.setString(1, lane);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Micros.optional(row.getLong(1));
            }
        }
    }
}
