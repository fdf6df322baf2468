package dev.signalbox.testing.simulator;

import java.util.Map;

/**
 * A request as the simulated language model saw it.
 *
 * @param headers by their names in lower case
 */
public record LlmSimulatorRequest(String method, String uri, Map<String, String> headers, String body) {}
