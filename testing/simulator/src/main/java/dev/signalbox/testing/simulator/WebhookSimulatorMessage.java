package dev.signalbox.testing.simulator;

import java.time.Instant;

/**
 * A webhook that the simulated receiver took.
 *
 * @param id its {@code webhook-id}
 * @param timestamp its {@code webhook-timestamp}, in seconds since 1970
 * @param path where it was posted to, with the query
 */
public record WebhookSimulatorMessage(
        String id, String timestamp, String path, String contentType, String body, Instant at) {}
