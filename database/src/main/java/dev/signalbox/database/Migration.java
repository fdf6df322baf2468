package dev.signalbox.database;

import java.time.Instant;
import java.util.Optional;

/**
 * One step in the history of a module's tables.
 *
 * @param appliedAt when it was applied here; empty if it is still to come
 * @param problem why the tables cannot be used by this program, or brought up to date by it; empty if they can
 * @param sql the script; empty where this program does not have it
 */
public record Migration(
        String version, String description, Optional<Instant> appliedAt, Optional<String> problem, String sql) {}
