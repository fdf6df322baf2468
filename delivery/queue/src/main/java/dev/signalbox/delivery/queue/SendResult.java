package dev.signalbox.delivery.queue;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/** How one attempt ended, as its sender saw it. No component may be null. */
public sealed interface SendResult {

    /** What an attempt that was not sent failed of. */
    enum Scope {
        /** This message, at this moment. It costs the message one attempt of its budget. */
        MESSAGE,
        /**
         * Our account with the provider: a wrong token, no credit, a missing right. Every other message would fail alike, so
         * it costs none of them an attempt: the channel is paused on this node, health says why, and one message at a time
         * tries whether the account works again.
         */
        ACCOUNT
    }

    /** The provider has it. {@code providerId} is its name for the message. */
    record Accepted(Optional<String> providerId) implements SendResult {
        public Accepted {
            requireNonNull(providerId, "providerId");
        }
    }

    /**
     * It certainly was not sent and may be tried again; {@code retryAfter} is the provider's own wish.
     *
     * @param scope what the attempt failed of
     */
    record NotSent(String reason, Optional<Duration> retryAfter, Scope scope) implements SendResult {
        public NotSent {
            requireNonNull(reason, "reason");
            requireNonNull(retryAfter, "retryAfter");
            requireNonNull(scope, "scope");
        }

        /** One that concerns this message alone. */
        public NotSent(String reason, Optional<Duration> retryAfter) {
            this(reason, retryAfter, Scope.MESSAGE);
        }
    }

    /** The provider refused it for good; trying again is of no use. */
    record Rejected(String reason) implements SendResult {
        public Rejected {
            requireNonNull(reason, "reason");
        }
    }

    /** Bytes were written and no answer came: it may or may not have been sent. */
    record Unknown(String reason) implements SendResult {
        public Unknown {
            requireNonNull(reason, "reason");
        }
    }
}
