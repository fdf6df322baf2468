package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Optional;

/** How one attempt ended, as its sender saw it. */
public sealed interface SendResult {

    /** The provider has it. {@code providerId} is its name for the message. */
    record Accepted(Optional<String> providerId) implements SendResult {}

    /** It certainly was not sent and may be tried again; {@code retryAfter} is the provider's own wish. */
    record NotSent(String reason, Optional<Duration> retryAfter) implements SendResult {}

    /** The provider refused it for good; trying again is of no use. */
    record Rejected(String reason) implements SendResult {}

    /** Bytes were written and no answer came: it may or may not have been sent. */
    record Unknown(String reason) implements SendResult {}
}
