package dev.signalbox.delivery.attachments;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Files in three tables: names, contents, and the contents' parts. */
final class JdbcAttachments implements Attachments {
    private static final String MODULE = "attachments";
    private static final String FOLDER = "dev/signalbox/delivery/attachments";
    private static final int PORTION = 100;

    private final Database database;
    private final AttachmentLimits limits;
    private final InstantSource clock;

    private JdbcAttachments(Database database, AttachmentLimits limits, InstantSource clock) {
        this.database = database;
        this.limits = limits;
        this.clock = clock;
    }

    static Attachments open(Database database, AttachmentLimits limits, InstantSource clock) {
        migrate(database);
        return new JdbcAttachments(database, limits, clock);
    }

    static List<Migration> migrations(Database database) {
        return database.migrations(MODULE, FOLDER, JdbcAttachments.class.getClassLoader());
    }

    static void migrate(Database database) {
        database.migrate(MODULE, FOLDER, JdbcAttachments.class.getClassLoader());
    }

    @Override
    public StoredFile save(String name, String type, InputStream content) throws IOException {
        StoredFile.check(name, type);
        try (var received = ReceivedContent.read(content, limits.largest())) {
            var file =
                    new StoredFile(UUID.randomUUID(), name, type, received.size(), received.sha256(), clock.instant());
            insert(file, received);
            return file;
        }
    }

    /**
     * Race: the content may be there, about to be removed because no file had it. Touching its row first makes the removal, which
     * passes over rows that are locked, leave it alone.
     */
    private void insert(StoredFile file, ReceivedContent received) {
        var _ = database.<Boolean>transact(connection -> {
            if (!AttachmentRows.touchContent(connection, file)) {
                AttachmentRows.insertContent(connection, database.dialect(), file, received);
            }
            return AttachmentRows.insert(connection, file);
        });
    }

    @Override
    public Optional<StoredFile> find(UUID id) {
        return database.read(connection -> AttachmentRows.find(connection, id));
    }

    @Override
    public List<UUID> use(Collection<UUID> ids) {
        Instant now = clock.instant();
        return ids.isEmpty()
                ? List.of()
                : database.<List<UUID>>transact(connection -> AttachmentRows.use(connection, List.copyOf(ids), now));
    }

    @Override
    public InputStream open(UUID id) throws IOException {
        StoredFile file = find(id).orElseThrow(() -> new FileNotFoundException("there is no attachment " + id));
        return new ContentStream(
                file, part -> database.read(connection -> AttachmentRows.part(connection, file, part)));
    }

    @Override
    public int removeExpired() {
        Instant before = clock.instant().minus(limits.retention());
        int files = database.autoCommit(
                connection -> AttachmentRows.removeFiles(connection, database.dialect(), before, PORTION));
        return files
                + database.<Integer>transact(
                        connection -> AttachmentRows.removeContents(connection, database.dialect(), before, PORTION));
    }
}
