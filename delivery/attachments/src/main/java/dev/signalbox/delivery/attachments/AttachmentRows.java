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

    /** Marks files as used now, which locks their rows, and returns those that are there. */
    static List<UUID> use(Connection connection, List<UUID> ids, Instant now) throws SQLException {
        List<String> names = ids.stream().map(UUID::toString).toList();
        String which = " where id in (" + String.join(", ", Collections.nCopies(ids.size(), "?")) + ")";
        List<Object> values = new ArrayList<>(List.of(micros(now)));
        values.addAll(names);
        update(connection, "update attachment set used_at = ?" + which, values.toArray());
        return texts(connection, "select id from attachment" + which, names).stream()
                .map(UUID::fromString)
                .toList();
    }

    private static List<String> texts(Connection connection, String sql, List<?> values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
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

    static int removeFiles(Connection connection, Dialect dialect, Instant before, int most) throws SQLException {
        return update(
                connection,
                "delete from attachment where id in (select id from (select id from attachment where used_at < ?"
                        + dialect.limitInAnyOrder(most) + ") unused) and used_at < ?",
                micros(before),
                micros(before));
    }

    /** Contents that no file refers to. Not those saved since {@code before}: a file may be about to refer to one, see {@link JdbcAttachments#save}. */
    static int removeContents(Connection connection, Dialect dialect, Instant before, int most) throws SQLException {
        String sql = dialect.forUpdateSkipLocked("select hash from attachment_content c where saved_at < ?"
                + " and not exists (select 1 from attachment a where a.hash = c.hash)" + dialect.limitInAnyOrder(most));
        List<String> unused = texts(connection, sql, List.of(micros(before)));
        for (String hash : unused) {
            update(connection, "delete from attachment_content where hash = ?", hash);
            update(connection, "delete from attachment_chunk where hash = ?", hash);
        }
        return unused.size();
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
