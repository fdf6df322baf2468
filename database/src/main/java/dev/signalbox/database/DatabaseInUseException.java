package dev.signalbox.database;

import java.nio.file.Path;

/** A SQLite file has a server already; a second one has to wait until that one ends. */
public final class DatabaseInUseException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    DatabaseInUseException(Path file, String holder) {
        super(
                "the database file " + file + " is in use by " + holder
                        + ". A SQLite file serves one server: stop the other one, give this one a file of its own, or use"
                        + " PostgreSQL for several nodes.",
                null);
    }
}
