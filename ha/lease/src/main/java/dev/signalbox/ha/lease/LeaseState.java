package dev.signalbox.ha.lease;

import java.time.Duration;

/**
 * A lease as its store has it.
 *
 * @param remaining until it expires unless it is renewed, by the store's clock; positive
 */
public record LeaseState(String name, String owner, long epoch, Duration remaining) {}
