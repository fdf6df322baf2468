package dev.signalbox.delivery.email;

import java.time.Duration;

/**
 * How deliveries become mail.
 *
 * @param subject of messages that have none of their own
 * @param timeout the longest an attempt takes, from waiting for a connection to the server's answer; 1 s to 30 min
 * @param keyLifetime how long the server recognises a repeated Message-ID, and drops it; zero if it does not, and then an
 *     unknown outcome is parked for a person
 */
public record EmailOptions(String subject, Duration timeout, Duration keyLifetime) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(30);

    public EmailOptions {
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("timeout " + timeout + " is not in " + SHORTEST + ".." + LONGEST);
        }
        if (keyLifetime.isNegative()) {
            throw new IllegalArgumentException("keyLifetime is negative");
        }
    }

    /** The subject "Notification", one minute an attempt, no recognised keys. */
    public static EmailOptions usual() {
        return new EmailOptions("Notification", Duration.ofMinutes(1), Duration.ZERO);
    }

    public EmailOptions withSubject(String value) {
        return new EmailOptions(value, timeout, keyLifetime);
    }

    public EmailOptions withTimeout(Duration value) {
        return new EmailOptions(subject, value, keyLifetime);
    }

    public EmailOptions withKeyLifetime(Duration value) {
        return new EmailOptions(subject, timeout, value);
    }
}
