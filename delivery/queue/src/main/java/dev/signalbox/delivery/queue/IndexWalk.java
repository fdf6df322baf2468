package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Walks an index that is in the order of ids.
 *
 * @param source the table {@code w} and a condition on it; its last row of each id comes first
 * @param key the argument of that condition, where it has one
 */
record IndexWalk(Rows rows, String source, Optional<String> key, Conditions conditions) implements Walk {
    IndexWalk(Rows rows, String source, Conditions conditions) {
        this(rows, source, Optional.empty(), conditions);
    }

    /** Of messages with a tag. */
    static IndexWalk tagged(Rows rows, String tag, Conditions conditions) {
        return new IndexWalk(rows, "delivery_tag where tag = ?", Optional.of(tag), conditions);
    }

    @Override
    public List<UUID> next(Connection connection, Optional<UUID> below, int most) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql(below, most))) {
            bind(statement, below);
            return ids(rows, statement);
        }
    }

    /** A window of the index in its own order, of which the conditions leave some; so nothing is sorted. */
    String sql(Optional<UUID> below, int most) {
        boolean messages = source.startsWith("delivery_message ");
        String window = "select * from " + source + range(below) + order() + " limit " + WINDOW;
        String from = messages
                ? "select m.id from (" + window + ") m"
                : "select w.id from (" + window + ") w join delivery_message m on m.id = w.id";
        return from + " where " + conditions.where() + " order by " + (messages ? "m" : "w") + ".id desc limit " + most;
    }

    void bind(PreparedStatement statement, Optional<UUID> below) throws SQLException {
        conditions.bind(statement, bindRange(statement, below));
    }

    @Override
    public Optional<UUID> endOfWindow(Connection connection, Optional<UUID> below) throws SQLException {
        String sql = "select id from " + source + range(below) + order() + " limit 1 offset " + (WINDOW - 1);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bindRange(statement, below);
            return ids(rows, statement).stream().findFirst();
        }
    }

    private String order() {
        return source.startsWith("delivery_outcome ") ? " order by id desc, attempt desc" : " order by id desc";
    }

    private static String range(Optional<UUID> below) {
        return " and id >= ? and id <= ?" + (below.isPresent() ? " and id < ?" : "");
    }

    private int bindRange(PreparedStatement statement, Optional<UUID> below) throws SQLException {
        int index = 0;
        if (key.isPresent()) {
            statement.setString(++index, key.get());
        }
        rows.bind(statement, ++index, conditions.lowest());
        rows.bind(statement, ++index, conditions.highest());
        if (below.isPresent()) {
            rows.bind(statement, ++index, below.get());
        }
        return index + 1;
    }

    @Override
    public boolean isExact() {
        return conditions.clauses().isEmpty();
    }

    static List<UUID> ids(Rows rows, PreparedStatement statement) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                ids.add(rows.id(row, "id"));
            }
        }
        return ids;
    }
}
