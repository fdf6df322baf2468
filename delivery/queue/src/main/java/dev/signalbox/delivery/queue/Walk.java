package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A way through the reaches that may match a search, newest first. */
interface Walk {
    /** How many rows of an index one step passes. */
    int WINDOW = 100_000;

    /** The next ids below one, at most so many, found in one window. */
    List<UUID> next(Connection connection, Optional<UUID> below, int most) throws SQLException;

    /** The last id of the window that begins below one; empty if the walk ends within it. */
    Optional<UUID> endOfWindow(Connection connection, Optional<UUID> below) throws SQLException;

    /** Whether all that it passes is found. */
    boolean isExact();
}
