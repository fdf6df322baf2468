package dev.signalbox.delivery.webhook;

import dev.signalbox.tls.Trust;
import java.time.Duration;
import java.util.Optional;

/**
 * How webhooks are sent. Invalid values cannot be built: the constructor throws {@link IllegalArgumentException}.
 *
 * @param targets where they may go
 * @param timeout the longest an attempt takes, from the look-up of the host to the answer; 100 ms to 1 min
 * @param connectTimeout the part of it that looking up, connecting and the TLS handshake may take; at most {@code timeout}
 * @param concurrency attempts under way at a time, and idle connections kept; 1 to 4096
 * @param disableAfter how long an endpoint fails without any success before it is disabled; zero never disables
 * @param trust whose certificates are believed
 * @param urlKey what signs messages whose address is a URL instead of an endpoint; without it those are rejected
 */
public record WebhookOptions(
        WebhookTargets targets,
        Duration timeout,
        Duration connectTimeout,
        int concurrency,
        Duration disableAfter,
        Trust trust,
        Optional<WebhookKey> urlKey) {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int MOST = 4096;

    public WebhookOptions {
        check(
                timeout.compareTo(SHORTEST) >= 0 && timeout.compareTo(LONGEST) <= 0,
                "timeout " + timeout + " is not in " + SHORTEST + ".." + LONGEST);
        check(
                connectTimeout.isPositive() && connectTimeout.compareTo(timeout) <= 0,
                "connectTimeout " + connectTimeout + " is not in 0.." + timeout);
        check(concurrency >= 1 && concurrency <= MOST, "concurrency " + concurrency + " is not in 1.." + MOST);
        check(!disableAfter.isNegative(), "disableAfter is negative");
    }

    /** 20 s an attempt, 5 s of them to connect, 64 at a time, disabled after 5 days, the system's authorities. */
    public static WebhookOptions to(WebhookTargets targets) {
        return new WebhookOptions(
                targets,
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                64,
                Duration.ofDays(5),
                Trust.system(),
                Optional.empty());
    }

    public WebhookOptions withTimeout(Duration value) {
        Duration connect = connectTimeout.compareTo(value) <= 0 ? connectTimeout : value;
        return new WebhookOptions(targets, value, connect, concurrency, disableAfter, trust, urlKey);
    }

    public WebhookOptions withConnectTimeout(Duration value) {
        return new WebhookOptions(targets, timeout, value, concurrency, disableAfter, trust, urlKey);
    }

    public WebhookOptions withConcurrency(int value) {
        return new WebhookOptions(targets, timeout, connectTimeout, value, disableAfter, trust, urlKey);
    }

    public WebhookOptions withDisableAfter(Duration value) {
        return new WebhookOptions(targets, timeout, connectTimeout, concurrency, value, trust, urlKey);
    }

    public WebhookOptions withTrust(Trust value) {
        return new WebhookOptions(targets, timeout, connectTimeout, concurrency, disableAfter, value, urlKey);
    }

    public WebhookOptions withUrlKey(WebhookKey value) {
        return new WebhookOptions(
                targets, timeout, connectTimeout, concurrency, disableAfter, trust, Optional.of(value));
    }

    private static void check(boolean holds, String violation) {
        if (!holds) {
            throw new IllegalArgumentException(violation);
        }
    }
}
