package dev.signalbox.delivery.digest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.database.Dialect;
import dev.signalbox.database.Upsert;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Statements and rows of windows and their messages. Times are microseconds since 1970. */
final class DigestRows {
    private DigestRows() {}

    /** @param items before the message that asked for it */
    record Window(UUID id, Instant due, int items, int bytes) {}

    /** The window that a message was gathered in before. */
    static Optional<UUID> windowOf(Connection connection, String item) throws SQLException {
        return text(connection, "select window_id from digest_item where id = ?", item)
                .map(UUID::fromString);
    }

    /** The open window of a recipient and topic, or else one with this id. It is locked. */
    static Window open(Connection connection, Dialect dialect, String recipient, String topic, UUID id, Instant due)
            throws SQLException {
        String hash = hash(topic);
        Upsert.of(
                        dialect,
                        "insert into digest_window (id, recipient, topic_hash, due_at, items, bytes) values (?, ?, ?, ?, 0, 0)",
                        "recipient, topic_hash",
                        "due_at = digest_window.due_at")
                .run(connection, id.toString(), recipient, hash, micros(due));
        try (PreparedStatement statement = connection.prepareStatement(
                        "select id, due_at, items, bytes from digest_window where recipient = ? and topic_hash = ?");
                ResultSet row = executed(statement, recipient, hash)) {
            row.next();
            return new Window(UUID.fromString(row.getString(1)), instant(row.getLong(2)), row.getInt(3), row.getInt(4));
        }
    }

    static void add(Connection connection, UUID window, DigestItem item, int bytes) throws SQLException {
        update(
                connection,
                "insert into digest_item (id, window_id, body, headers, added_at) values (?, ?, ?, ?, ?)",
                item.id(),
                window.toString(),
                item.body(),
                written(item.headers()),
                micros(item.at()));
        update(
                connection,
                "update digest_window set items = items + 1, bytes = bytes + ? where id = ?",
                bytes,
                window.toString());
    }

    /** A topic is longer than what databases put into an index. */
    private static String hash(String topic) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(topic.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has SHA-256", e);
        }
    }

    /** Removes an open window and returns its recipient; empty if there is none. */
    static Optional<String> close(Connection connection, Dialect dialect, UUID window) throws SQLException {
        Optional<String> recipient = text(
                connection, dialect.forUpdate("select recipient from digest_window where id = ?"), window.toString());
        if (recipient.isPresent()) {
            update(connection, "delete from digest_window where id = ?", window.toString());
        }
        return recipient;
    }

    static List<DigestItem> items(Connection connection, UUID window) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "select id, body, headers, added_at from digest_item where window_id = ? order by added_at, id");
                ResultSet rows = executed(statement, window.toString())) {
            List<DigestItem> items = new ArrayList<>();
            while (rows.next()) {
                items.add(new DigestItem(
                        rows.getString(1), rows.getString(2), read(rows.getString(3)), instant(rows.getLong(4))));
            }
            return items;
        }
    }

    static int removeBefore(Connection connection, Dialect dialect, Instant time, int most) throws SQLException {
        return update(
                connection,
                "delete from digest_item where id in (select id from (select i.id from digest_item i where i.added_at < ?"
                        + " and not exists (select 1 from digest_window w where w.id = i.window_id)"
                        + " order by i.added_at" + dialect.limit(most) + ") oldest)",
                micros(time));
    }

    /** Neither a header's name nor its value has a line break, and no name a colon. */
    private static String written(Map<String, String> headers) {
        return headers.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue())
                .collect(Collectors.joining("\n"));
    }

    private static Map<String, String> read(String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1));
        });
        return headers;
    }

    private static Optional<String> text(Connection connection, String sql, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = executed(statement, value)) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, values);
            return statement.executeUpdate();
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

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
