package dev.signalbox.delivery.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.inbox.InboxItem.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements and rows of the inboxes' table. Times are microseconds since 1970. */
record InboxRows(Dialect dialect) {
    private static final String COLUMNS = "recipient, id, subject, body, html, category, state, created_at, changed_at";

    /**
     * A recipient or an id, as it is compared and stored. On SQL Server texts are equal whatever spaces they end with, and inboxes
     * must not be: there names are bytes.
     */
    private Object written(String name) {
        return dialect == Dialect.SQLSERVER ? name.getBytes(UTF_8) : name;
    }

    private String name(ResultSet row, String column) throws SQLException {
        return dialect == Dialect.SQLSERVER ? new String(row.getBytes(column), UTF_8) : row.getString(column);
    }

    /** An item's place in an inbox, which is read newest first; its text is opaque to callers. */
    record Place(long at, String id) {
        static Place of(InboxItem item) {
            return new Place(micros(item.at()), item.id());
        }

        static Place parse(String text) {
            try {
                String decoded = new String(Base64.getUrlDecoder().decode(text), UTF_8);
                int separator = decoded.indexOf('/');
                var place = new Place(
                        Long.parseLong(decoded.substring(0, Math.max(0, separator))), decoded.substring(separator + 1));
                if (!InboxItem.isName(place.id())) {
                    throw noPage();
                }
                return place;
            } catch (IllegalArgumentException unreadable) {
                throw noPage();
            }
        }

        private static IllegalArgumentException noPage() {
            return new IllegalArgumentException("it is not the end of a page; give next of the page before");
        }

        @Override
        public String toString() {
            return Base64.getUrlEncoder().withoutPadding().encodeToString((at + "/" + id).getBytes(UTF_8));
        }
    }

    boolean insert(Connection connection, InboxItem item) throws SQLException {
        return update(
                        connection,
                        dialect.ifAbsent("insert into inbox_item (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
                        written(item.recipient()),
                        written(item.id()),
                        item.subject().orElse(null),
                        item.body(),
                        item.html() ? 1 : 0,
                        item.category().orElse(null),
                        item.state().name(),
                        micros(item.at()),
                        micros(item.changed()))
                > 0;
    }

    /** Removes what is beyond the newest; at most 1,000 at a time, so that a lowered limit takes effect step by step. */
    void trim(Connection connection, String recipient, int most) throws SQLException {
        update(
                connection,
                "delete from inbox_item where recipient = ? and id in (select id from (select id from inbox_item"
                        + " where recipient = ? order by created_at desc, id desc" + dialect.limitFrom(1_000)
                        + ") oldest)",
                written(recipient),
                written(recipient),
                most);
    }

    int unread(Connection connection, String recipient) throws SQLException {
        try (PreparedStatement statement = prepared(
                        connection,
                        "select count(*) from inbox_item where recipient = ? and state = 'UNREAD'",
                        List.of(written(recipient)));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    List<InboxItem> list(Connection connection, String recipient, Set<State> states, Optional<Place> after, int most)
            throws SQLException {
        List<Object> values = new ArrayList<>(List.of(written(recipient)));
        names(states, values);
        after.ifPresent(place -> Collections.addAll(values, place.at(), place.at(), written(place.id())));
        String sql = "select " + COLUMNS + " from inbox_item where recipient = ? and state in (" + marks(states) + ")"
                + (after.isPresent() ? " and created_at <= ? and (created_at < ? or id < ?)" : "")
                + " order by created_at desc, id desc" + dialect.limit(most);
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<InboxItem> items = new ArrayList<>();
            while (rows.next()) {
                items.add(item(rows));
            }
            return items;
        }
    }

    /**
     * The newest items in one of some states, at most {@link Inboxes#MOST}; only of these ids, unless there are none. Their rows are
     * locked, so that they keep their states until the transaction ends.
     */
    List<String> lock(Connection connection, String recipient, Set<String> ids, Set<State> states) throws SQLException {
        List<Object> values = new ArrayList<>(List.of(written(recipient)));
        names(states, values);
        ids.forEach(id -> values.add(written(id)));
        String sql =
                dialect.forUpdate("select id from inbox_item where recipient = ? and state in (" + marks(states) + ")"
                        + (ids.isEmpty() ? "" : " and id in (" + marks(ids) + ")")
                        + " order by created_at desc, id desc" + dialect.limit(Inboxes.MOST));
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<String> locked = new ArrayList<>();
            while (rows.next()) {
                locked.add(name(rows, "id"));
            }
            return locked;
        }
    }

    void mark(Connection connection, String recipient, List<String> ids, State state, Instant now) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        List<Object> values = new ArrayList<>(List.of(state.name(), micros(now), written(recipient)));
        ids.forEach(id -> values.add(written(id)));
        update(
                connection,
                "update inbox_item set state = ?, changed_at = ? where recipient = ? and id in (" + marks(ids) + ")",
                values.toArray());
    }

    int removeBefore(Connection connection, Instant time, int most) throws SQLException {
        String oldest = "(select recipient, id from inbox_item where created_at < ? order by created_at"
                + dialect.limit(most) + ") oldest";
        String which = dialect == Dialect.SQLSERVER
                ? "exists (select 1 from " + oldest
                        + " where oldest.recipient = inbox_item.recipient and oldest.id = inbox_item.id)"
                : "(recipient, id) in (select recipient, id from " + oldest + ")";
        return update(connection, "delete from inbox_item where " + which, micros(time));
    }

    private static void names(Set<State> states, List<Object> values) {
        states.forEach(state -> values.add(state.name()));
    }

    private static String marks(Collection<?> values) {
        return String.join(", ", Collections.nCopies(values.size(), "?"));
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, Arrays.asList(values))) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepared(
            Connection connection, String sql, List<? extends @Nullable Object> values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            return statement;
        } catch (SQLException | RuntimeException | Error e) {
            statement.close();
            throw e;
        }
    }

    private InboxItem item(ResultSet row) throws SQLException {
        return new InboxItem(
                name(row, "recipient"),
                name(row, "id"),
                Optional.ofNullable(row.getString("subject")),
                row.getString("body"),
                row.getInt("html") == 1,
                Optional.ofNullable(row.getString("category")),
                State.valueOf(row.getString("state")),
                instant(row.getLong("created_at")),
                instant(row.getLong("changed_at")));
    }
}
