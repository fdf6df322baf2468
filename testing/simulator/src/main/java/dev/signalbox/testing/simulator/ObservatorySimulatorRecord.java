package dev.signalbox.testing.simulator;

import java.util.Map;

/**
 * A record as a simulated log sink understood it.
 *
 * @param level Everworker's: 1 error, 2 warning, 3 information; or OTLP's severity number
 * @param module the module, or OTLP's scope
 * @param data the data, or OTLP's attributes; OTLP's ids are in it as {@code trace_id} and {@code span_id}
 */
public record ObservatorySimulatorRecord(String message, int level, String module, Map<String, String> data) {}
