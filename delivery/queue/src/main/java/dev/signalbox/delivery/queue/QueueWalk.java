package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Searches the queues as a whole, which must be small: they are not in the order of ids. */
record QueueWalk(Rows rows, Conditions conditions) implements Walk {
    @Override
    public List<UUID> next(Connection connection, Optional<UUID> below, int most) throws SQLException {
        String range = below.isPresent() ? "and w.id < ?" : "";
        String sql = """
                select w.id from (
                    select id, tried from delivery_ready union all select id, tried from delivery_later) w
                join delivery_message m on m.id = w.id
                where %s %s order by w.id desc%s
                """.formatted(conditions.where(), range, rows.dialect().limit(most));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = conditions.bind(statement, 1);
            if (below.isPresent()) {
                rows.bind(statement, index, below.get());
            }
            return IndexWalk.ids(rows, statement);
        }
    }

    @Override
    public Optional<UUID> endOfWindow(Connection connection, Optional<UUID> below) {
        return Optional.empty();
    }

    @Override
    public boolean isExact() {
        return false;
    }
}
