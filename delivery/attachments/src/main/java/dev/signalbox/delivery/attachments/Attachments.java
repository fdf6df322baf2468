package dev.signalbox.delivery.attachments;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Files that messages can have attached, for all nodes that share a database. A content that several files have is stored once.
 * Thread-safe. Failures of the database are thrown as {@link dev.signalbox.database.DatabaseException}.
 */
public interface Attachments {

    /** Opens them in a database, whose tables it brings up to date. All times are that database's. */
    static Attachments on(Database database, AttachmentLimits limits) {
        return JdbcAttachments.open(database, limits, database.clock());
    }

    /** The same with a clock of one's own; for tests. */
    static Attachments on(Database database, AttachmentLimits limits, InstantSource clock) {
        return JdbcAttachments.open(database, limits, clock);
    }

    /** The history of the tables, with what opening would still do. Changes nothing. */
    static List<Migration> migrations(Database database) {
        return JdbcAttachments.migrations(database);
    }

    /** Brings the tables up to date, as opening does. */
    static void migrate(Database database) {
        JdbcAttachments.migrate(database);
    }

    /**
     * Saves a file. The content goes through a temporary file, so that a slow sender holds no connection to the database; in
     * memory is never more than a small part of it.
     *
     * @throws IllegalArgumentException if the name or the type cannot be, for the caller
     * @throws FileTooLargeException if there is more of it than may be
     * @throws IOException if it cannot be read, or the temporary file not be written
     */
    StoredFile save(String name, String type, InputStream content) throws IOException;

    Optional<StoredFile> find(UUID id);

    /**
     * Notes that a message takes files, which keeps them for another retention.
     *
     * @return those that are there; a file that is not is gone, or never was
     */
    List<UUID> use(Collection<UUID> ids);

    /**
     * Opens a file's content. It is read from the database part by part, each by a query of its own; if it is removed meanwhile,
     * reading fails.
     *
     * @throws IOException if the file is not there
     */
    InputStream open(UUID id) throws IOException;

    /**
     * Removes files whose time is over, and contents that no file has any more: at most a hundred of each.
     *
     * @return how many files and contents
     */
    int removeExpired();
}
