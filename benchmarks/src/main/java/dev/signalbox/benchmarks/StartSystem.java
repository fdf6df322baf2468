package dev.signalbox.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * How to start a server on any port.
 *
 * @param command has PORT where the port belongs
 * @param environment all of it, with PORT, too
 * @param health the path that answers 200 when the server is ready
 */
record StartSystem(String name, List<String> command, Map<String, String> environment, String health) {}
