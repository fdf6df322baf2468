package dev.signalbox.delivery.suppression;

import dev.signalbox.database.Dialect;
import dev.signalbox.database.Upsert;
import dev.signalbox.delivery.queue.Channel;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statements and rows of the preferences. Times are microseconds since 1970; a category or channel for all is the empty text. */
final class PreferenceRows {
    private static final String COLUMNS = "recipient, category, channel, wanted, source, since";

    private PreferenceRows() {}

    static void put(Connection connection, Dialect dialect, Preference entry) throws SQLException {
        Upsert.of(
                        dialect,
                        "insert into preference (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?)",
                        "recipient, category, channel",
                        "wanted = excluded.wanted, source = excluded.source, since = excluded.since")
                .run(
                        connection,
                        entry.recipient(),
                        entry.category().orElse(""),
                        entry.channel().map(Channel::name).orElse(""),
                        entry.wanted() ? 1 : 0,
                        entry.source(),
                        ChronoUnit.MICROS.between(Instant.EPOCH, entry.since()));
    }

    static int delete(Connection connection, String recipient, Optional<String> category, Optional<Channel> channel)
            throws SQLException {
        List<Object> values = new ArrayList<>(List.of(recipient));
        category.ifPresent(values::add);
        channel.map(Channel::name).ifPresent(values::add);
        return update(
                connection,
                "delete from preference where recipient = ?"
                        + (category.isPresent() ? " and category = ?" : "")
                        + (channel.isPresent() ? " and channel = ?" : ""),
                values.toArray());
    }

    static List<Preference> list(Connection connection, String recipient) throws SQLException {
        return query(connection, " where recipient = ? order by category, channel", recipient);
    }

    static List<Preference> applying(Connection connection, String recipient, String channel, String category)
            throws SQLException {
        return query(
                connection,
                " where recipient = ? and (category = '' or category = ?) and (channel = '' or channel = ?)"
                        + " order by category, channel",
                recipient,
                category,
                channel);
    }

    static boolean isEmpty(Connection connection, Dialect dialect) throws SQLException {
        return query(connection, dialect.limitInAnyOrder(1)).isEmpty();
    }

    static int count(Connection connection, String recipient) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("select count(*) from preference where recipient = ?");
                ResultSet row = executed(statement, recipient)) {
            row.next();
            return row.getInt(1);
        }
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            return statement.executeUpdate();
        }
    }

    private static List<Preference> query(Connection connection, String conditions, Object... values)
            throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("select " + COLUMNS + " from preference" + conditions);
                ResultSet rows = executed(statement, values)) {
            List<Preference> entries = new ArrayList<>();
            while (rows.next()) {
                entries.add(entry(rows));
            }
            return entries;
        }
    }

    private static ResultSet executed(PreparedStatement statement, Object... values) throws SQLException {
        set(statement, values);
        return statement.executeQuery();
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    private static Preference entry(ResultSet row) throws SQLException {
        return new Preference(
                row.getString("recipient"),
                named(row.getString("category")),
                named(row.getString("channel")).map(Channel::new),
                row.getInt("wanted") == 1,
                row.getString("source"),
                Instant.EPOCH.plus(row.getLong("since"), ChronoUnit.MICROS));
    }

    private static Optional<String> named(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
