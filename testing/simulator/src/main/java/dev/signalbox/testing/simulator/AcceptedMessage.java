package dev.signalbox.testing.simulator;

import java.time.Instant;
import java.util.Optional;

/**
 * A message that the simulated provider took.
 *
 * @param messageId the provider's name for it
 * @param phoneNumber as the request had it
 * @param key its {@code Idempotency-Key}, if it came with one
 */
public record AcceptedMessage(String messageId, String phoneNumber, String content, Optional<String> key, Instant at) {}
