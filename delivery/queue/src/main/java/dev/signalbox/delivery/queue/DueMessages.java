package dev.signalbox.delivery.queue;

import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What is due, found by probes of the index, a few for each lane: no statement walks the messages of a lane. */
record DueMessages(Dialect dialect) {
    private static final String NEXT_LANE = "select lane from delivery_ready where lane > ? order by lane";

    private static final String PRIORITIES = IntStream.rangeClosed(0, Limits.PRIORITY)
            .mapToObj(priority -> "select " + priority + " as priority")
            .collect(Collectors.joining(" union all "));

    /** The names of the lanes that have any, in their order. */
    List<String> lanes(Connection connection) throws SQLException {
        List<String> lanes = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(NEXT_LANE + dialect.limit(1))) {
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
    Optional<Instant> oldest(Connection connection, String lane) throws SQLException {
        String sql = """
                select min(due) from (
                    select (select r.run_at from delivery_ready r where r.lane = ? and r.priority = p.priority
                            order by r.run_at%s) as due
                    from (%s) p) q
                """.formatted(dialect.limit(1), PRIORITIES);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, lane);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Micros.optional(row.getLong(1));
            }
        }
    }
}
