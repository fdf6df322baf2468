package dev.signalbox.database;

import java.time.Instant;
import java.util.Optional;

/** One step in the history of a module's tables, and when it was applied here; empty if it is still to come. */
public record Migration(String version, String description, Optional<Instant> appliedAt) {}
