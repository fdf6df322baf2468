package dev.signalbox.delivery.attachments;

import dev.signalbox.database.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Statements and rows of the attachments' tables. Times are microseconds since 1970. */
final class AttachmentRows {
    /** Of a part, in bytes. */
    static final int PART = 256 * 1024;

    private AttachmentRows() {}

    /** Whether the content is there; it then counts as saved now. */
    static boolean touchContent(Connection connection, StoredFile file) throws SQLException {
        return update(
                        connection,
                        "update attachment_content set saved_at = ? where hash = ?",
                        micros(file.used()),
                        file.sha256())
                > 0;
    }

    /** Nothing, if another node has just inserted it. */
    static void insertContent(Connection connection, Dialect dialect, StoredFile file, ReceivedContent content)
            throws SQLException {
        int inserted = update(
                connection,
                dialect.ifAbsent("insert into attachment_content (hash, size, saved_at) values (?, ?, ?)"),
                file.sha256(),
                file.size(),
                micros(file.used()));
        if (inserted == 0) {
            return;
        }
        try (InputStream in = content.open()) {
            byte[] part = in.readNBytes(PART);
            for (int number = 0; part.length > 0; number++) {
                update(
                        connection,
                        "insert into attachment_chunk (hash, number, bytes) values (?, ?, ?)",
                        file.sha256(),
                        number,
                        part);
                part = in.readNBytes(PART);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary file of an attachment cannot be read", e);
        }
    }

    static boolean insert(Connection connection, StoredFile file) throws SQLException {
        return update(
                        connection,
                        "insert into attachment (id, name, type, hash, used_at) values (?, ?, ?, ?, ?)",
                        file.id().toString(),
                        file.name(),
                        file.type(),
                        file.sha256(),
                        micros(file.used()))
                > 0;
    }

    static Optional<StoredFile> find(Connection connection, UUID id) throws SQLException {
        String sql = "select id, name, type, a.hash, used_at, size from attachment a"
                + " join attachment_content c on c.hash = a.hash where id = ?";
        try (PreparedStatement statement = prepared(connection, sql, List.of(id.toString()));
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(file(row)) : Optional.empty();
        }
    }

    private static StoredFile file(ResultSet row) throws SQLException {
        return new StoredFile(
                UUID.fromString(row.getString("id")),
                row.getString("name"),
                row.getString("type"),
                row.getLong("size"),
                row.getString("hash"),
                Instant.EPOCH.plus(row.getLong("used_at"), ChronoUnit.MICROS));
    }

    /** Under the lock of those that are there, so that none of them is removed before it counts as used. */
    static List<UUID> use(Connection connection, Dialect dialect, List<UUID> ids, Instant now) throws SQLException {
        String lock = "select id from attachment where id in ("
                + String.join(", ", Collections.nCopies(ids.size(), "?")) + ") order by id" + dialect.forUpdate();
        List<String> found = texts(
                connection, lock, ids.stream().map(UUID::toString).toList());
        for (String id : found) {
            update(connection, "update attachment set used_at = ? where id = ?", micros(now), id);
        }
        return found.stream().map(UUID::fromString).toList();
    }

    private static List<String> texts(Connection connection, String sql, List<?> values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    static Optional<byte[]> part(Connection connection, StoredFile file, int number) throws SQLException {
        try (PreparedStatement statement = prepared(
                        connection,
                        "select bytes from attachment_chunk where hash = ? and number = ?",
                        List.of(file.sha256(), number));
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(row.getBytes(1)) : Optional.empty();
        }
    }

    static int removeFiles(Connection connection, Instant before, int most) throws SQLException {
        int removed = 0;
        List<Object> values = List.of(micros(before));
        for (String id : texts(connection, "select id from attachment where used_at < ? limit " + most, values)) {
            removed += update(connection, "delete from attachment where id = ? and used_at < ?", id, micros(before));
        }
        return removed;
    }

    /** Contents that no file refers to. Not those saved since {@code before}: a file may be about to refer to one, see {@link JdbcAttachments#save}. */
    static int removeContents(Connection connection, Instant before, int most) throws SQLException {
        String sql = "select hash from attachment_content c where saved_at < ?"
                + " and not exists (select 1 from attachment a where a.hash = c.hash) order by hash limit " + most;
        int removed = 0;
        for (String hash : texts(connection, sql, List.of(micros(before)))) {
            removed += removeContent(connection, hash, before);
        }
        return removed;
    }

    private static int removeContent(Connection connection, String hash, Instant before) throws SQLException {
        int removed = update(
                connection,
                "delete from attachment_content where hash = ? and saved_at < ?",
                hash,
                micros(before));
        if (removed > 0) {
            update(connection, "delete from attachment_chunk where hash = ?", hash);
        }
        return removed;
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, List.of(values))) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, List<?> values) throws SQLException {
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
}
