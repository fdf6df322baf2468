package dev.signalbox.delivery.suppression;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import dev.signalbox.delivery.suppression.SuppressionList.Selection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements and rows of the list's tables. Times are microseconds since 1970; a category for all is the empty text. */
final class SuppressionRows {
    private static final String COLUMNS = "channel, address, category, reason, source, note, since";

    private SuppressionRows() {}

    /** An entry's place in the order of the list; its text is opaque to callers. */
    record Place(String channel, String address, String category, String reason) {
        private static final int PARTS = 4;

        static Place of(Suppression entry) {
            return new Place(
                    entry.channel().name(),
                    entry.address(),
                    entry.category().orElse(""),
                    entry.reason().name());
        }

        static Place parse(String text) {
            List<String> parts = Arrays.asList(decoded(text).split("\n", -1));
            if (parts.size() != PARTS || parts.stream().anyMatch(part -> part.indexOf(0) >= 0)) {
                throw new IllegalArgumentException("it is not the end of a page; give next of the page before");
            }
            return new Place(parts.get(0), parts.get(1), parts.get(2), parts.get(3));
        }

        private static String decoded(String text) {
            try {
                return new String(Base64.getUrlDecoder().decode(text), UTF_8);
            } catch (IllegalArgumentException notBase64) {
                return "";
            }
        }

        @Override
        public String toString() {
            String text = String.join("\n", channel, address, category, reason);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
        }
    }

    static boolean insert(Connection connection, Dialect dialect, Suppression entry) throws SQLException {
        return update(
                        connection,
                        dialect.ifAbsent("insert into suppression (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?)"),
                        entry.channel().name(),
                        entry.address(),
                        entry.category().orElse(""),
                        entry.reason().name(),
                        entry.source(),
                        entry.note().orElse(null),
                        ChronoUnit.MICROS.between(Instant.EPOCH, entry.since()))
                > 0;
    }

    static int delete(Connection connection, Selection entries) throws SQLException {
        Where where = Where.of(entries);
        return update(connection, "delete from suppression" + where.sql(), where.values());
    }

    static List<Suppression> list(
            Connection connection, Dialect dialect, Selection entries, Optional<Place> after, int most)
            throws SQLException {
        Where where = Where.of(entries);
        after.ifPresent(place -> {
            if (dialect == Dialect.SQLSERVER) {
                where.andBehind(place);
            } else {
                where.and(
                        "(channel, address, category, reason) > (?, ?, ?, ?)",
                        place.channel(),
                        place.address(),
                        place.category(),
                        place.reason());
            }
        });
        String sql = "select " + COLUMNS + " from suppression" + where.sql()
                + " order by channel, address, category, reason" + dialect.limit(most);
        return query(connection, sql, where.values());
    }

    /** What is about the category, and what is about all; for a message without one, only the latter. */
    static List<Suppression> holding(Connection connection, Channel channel, String address, String category)
            throws SQLException {
        return query(
                connection,
                "select " + COLUMNS + " from suppression where channel = ? and address = ?"
                        + " and (category = '' or category = ?) order by since, reason",
                channel.name(),
                address,
                category);
    }

    static boolean isEmpty(Connection connection, Dialect dialect) throws SQLException {
        return query(connection, "select " + COLUMNS + " from suppression" + dialect.limitInAnyOrder(1))
                .isEmpty();
    }

    /** The secret of all nodes; the one offered if there was none yet. */
    static String secret(Connection connection, Dialect dialect, String offered) throws SQLException {
        update(connection, dialect.ifAbsent("insert into suppression_secret (id, secret) values (1, ?)"), offered);
        try (PreparedStatement statement = prepared(connection, "select secret from suppression_secret where id = 1");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    /** The conditions of a selection. Not thread-safe. */
    private static final class Where {
        private final List<String> conditions = new ArrayList<>();
        private final List<Object> values = new ArrayList<>();

        static Where of(Selection entries) {
            var where = new Where();
            entries.channel().ifPresent(channel -> where.and("channel = ?", channel.name()));
            entries.address().ifPresent(address -> where.and("address = ?", address));
            entries.category().ifPresent(category -> where.and("category = ?", category));
            entries.reason().ifPresent(reason -> where.and("reason = ?", reason.name()));
            return where;
        }

        void and(String condition, Object... more) {
            conditions.add(condition);
            values.addAll(List.of(more));
        }

        /** SQL Server does not compare rows. */
        void andBehind(Place place) {
            and(
                    "(channel > ? or channel = ? and (address > ? or address = ? and"
                            + " (category > ? or category = ? and reason > ?)))",
                    place.channel(),
                    place.channel(),
                    place.address(),
                    place.address(),
                    place.category(),
                    place.category(),
                    place.reason());
        }

        String sql() {
            return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
        }

        Object[] values() {
            return values.toArray();
        }
    }

    private static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static List<Suppression> query(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<Suppression> entries = new ArrayList<>();
            while (rows.next()) {
                entries.add(entry(rows));
            }
            return entries;
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException | Error e) {
            statement.close();
            throw e;
        }
    }

    private static Suppression entry(ResultSet row) throws SQLException {
        String category = row.getString("category");
        return new Suppression(
                new Channel(row.getString("channel")),
                row.getString("address"),
                category.isEmpty() ? Optional.empty() : Optional.of(category),
                Reason.valueOf(row.getString("reason")),
                row.getString("source"),
                Optional.ofNullable(row.getString("note")),
                Instant.EPOCH.plus(row.getLong("since"), ChronoUnit.MICROS));
    }
}
