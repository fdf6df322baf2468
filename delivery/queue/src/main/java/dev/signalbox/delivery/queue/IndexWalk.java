package dev.signalbox.delivery.queue;

import dev.signalbox.database.Dialect;
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
        UUID lowest = isMySql() && !isExact()
                ? endOfWindow(connection, below).orElse(conditions.lowest())
                : conditions.lowest();
        try (PreparedStatement statement = connection.prepareStatement(sql(below, most))) {
            bind(statement, lowest, below);
            return ids(rows, statement);
        }
    }

    private boolean isMySql() {
        return rows.dialect() == Dialect.MYSQL;
    }

    String sql(Optional<UUID> below, int most) {
        return isMySql() ? sqlOfRange(below, most) : sqlOfWindow(below, most);
    }

    /** MySQL would copy a window before it looks at it. So the lowest id is that of the window, and the walk ends at its limit. */
    private String sqlOfRange(Optional<UUID> below, int most) {
        String[] parts = source.split(" where ", 2);
        boolean messages = parts[0].equals("delivery_message");
        String from = messages
                ? "select m.id from delivery_message m"
                : "select w.id from " + parts[0] + " w straight_join delivery_message m on m.id = w.id";
        String id = messages ? "m.id" : "w.id";
        return from + " where " + parts[1] + range(id, below) + " and (" + conditions.where() + ") order by " + id
                + " desc" + rows.dialect().limit(most);
    }

    /** A window of the index in its own order, of which the conditions leave some; so nothing is sorted. */
    private String sqlOfWindow(Optional<UUID> below, int most) {
        boolean messages = source.startsWith("delivery_message ");
        String window = "select * from " + source + range("id", below) + order()
                + rows.dialect().limit(WINDOW);
        String from = messages
                ? "select m.id from (" + window + ") m"
                : "select w.id from (" + window + ") w join delivery_message m on m.id = w.id";
        return from + " where " + conditions.where() + " order by " + (messages ? "m" : "w") + ".id desc"
                + rows.dialect().limit(most);
    }

    void bind(PreparedStatement statement, UUID lowest, Optional<UUID> below) throws SQLException {
        conditions.bind(statement, bindRange(statement, lowest, below));
    }

    @Override
    public Optional<UUID> endOfWindow(Connection connection, Optional<UUID> below) throws SQLException {
        String sql = "select id from " + source + range("id", below) + order()
                + rows.dialect().limit(1, WINDOW - 1);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bindRange(statement, conditions.lowest(), below);
            return ids(rows, statement).stream().findFirst();
        }
    }

    private String order() {
        return source.startsWith("delivery_outcome ") ? " order by id desc, attempt desc" : " order by id desc";
    }

    private static String range(String id, Optional<UUID> below) {
        return " and " + id + " >= ? and " + id + " <= ?" + (below.isPresent() ? " and " + id + " < ?" : "");
    }

    private int bindRange(PreparedStatement statement, UUID lowest, Optional<UUID> below) throws SQLException {
        int index = 0;
        if (key.isPresent()) {
            statement.setString(++index, key.get());
        }
        rows.bind(statement, ++index, lowest);
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
