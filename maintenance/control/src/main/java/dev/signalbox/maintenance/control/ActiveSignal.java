package dev.signalbox.maintenance.control;

import java.time.Instant;

/**
 * A signal that holds now.
 *
 * @param source the name of its source
 * @param since when this node first heard it
 */
public record ActiveSignal(String source, Signal signal, Instant since) {}
