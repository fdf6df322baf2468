package dev.signalbox.maintenance.control;

import java.util.Optional;

/**
 * How a source fares.
 *
 * @param stale why it cannot be read now; what it said last holds. Empty if it can
 * @param heard whether it has said anything since it was added
 */
public record SourceStatus(String name, Optional<String> stale, boolean heard) {}
