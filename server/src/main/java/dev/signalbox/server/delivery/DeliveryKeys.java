package dev.signalbox.server.delivery;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.time.Duration;
import java.util.List;

/** The keys of the queue, its dispatcher and the live channel. */
final class DeliveryKeys {

    static final Key<Duration> LEASE = Key.of(
            "delivery.lease",
            Kind.duration("1s", "1h"),
            "20s",
            "How long a node keeps its messages without renewing the lease; then another node takes them over.");
    static final Key<Duration> POLL = Key.of(
            "delivery.poll-interval",
            Kind.duration("10ms", "1m"),
            "1s",
            "How often to poll for due messages, in case a notification was lost.");
    static final Key<Boolean> JOURNAL = Key.of(
            "delivery.journal.enabled",
            Kind.truth(),
            "true",
            "Whether the file `attempts.journal` in the data folder says what was with a sender when the server was killed."
                    + " Without it, everything that the server held then is in doubt.");
    static final Key<Integer> ATTEMPTS = Key.of(
            "delivery.max-attempts",
            Kind.whole(1, 100),
            "10",
            "Attempts of each step, for messages that do not set their own number.");
    static final Key<Duration> RETRY_BASE =
            Key.of("delivery.retry.base", Kind.duration("1ms", "7d"), "2s", "The wait after the first failed attempt.");
    static final Key<Double> RETRY_FACTOR = Key.of(
            "delivery.retry.factor",
            Kind.decimal(1, 10),
            "2",
            "The factor by which each wait is longer than the one before.");
    static final Key<Duration> RETRY_MAX =
            Key.of("delivery.retry.max", Kind.duration("1ms", "7d"), "10m", "The longest wait; at least the base.");
    static final Key<Double> RETRY_JITTER =
            Key.of("delivery.retry.jitter", Kind.decimal(0, 1), "0.2", "The part of each wait that is random.");
    static final Key<Integer> LIVE_CONCURRENCY = Key.of(
            "delivery.live.concurrency",
            Kind.whole(1, 100_000),
            "1000",
            "Live deliveries that may wait for a client's acknowledgement at a time.");
    static final Key<Duration> LIVE_TIMEOUT = Key.of(
            "delivery.live.timeout",
            Kind.duration("10ms", "10m"),
            "5s",
            "How long one live attempt waits for the acknowledgement.");

    static final List<Key<?>> ALL = List.of(
            LEASE,
            POLL,
            JOURNAL,
            ATTEMPTS,
            RETRY_BASE,
            RETRY_FACTOR,
            RETRY_MAX,
            RETRY_JITTER,
            LIVE_CONCURRENCY,
            LIVE_TIMEOUT);

    private DeliveryKeys() {}
}
