package dev.signalbox.delivery.webhook;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where somebody wants webhooks: a URL, and the keys that sign what goes there. Immutable; {@code toString} shows no secret.
 *
 * @param id what messages are addressed to, as in {@code webhook:ID}; 1 to 64 lower-case letters, digits, dots, hyphens and
 *     underscores, beginning with a letter or digit
 * @param description for people; up to 200 characters, may be empty
 * @param keys those that sign now, the newest first: one, or more while a key is exchanged
 * @param disabled since when and why nothing is sent there; empty while it is enabled
 * @param standing how the latest attempts went
 */
public record WebhookEndpoint(
        String id,
        URI url,
        String description,
        Instant createdAt,
        List<Key> keys,
        Optional<Disabled> disabled,
        Standing standing) {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    static final int LONGEST_DESCRIPTION = 200;

    /** A key, and until when it signs; without an end it is the current one. */
    public record Key(WebhookKey key, Instant createdAt, Optional<Instant> until) {}

    /** Who or what disabled an endpoint. */
    public enum Cause {
        /** A person. */
        OPERATOR,
        /** The receiver, which answered 410. */
        GONE,
        /** Failing for too long. */
        FAILING
    }

    /** Since when and why an endpoint gets nothing. */
    public record Disabled(Instant since, Cause cause, String reason) {}

    /**
     * How attempts went.
     *
     * @param failures in a row, up to now
     * @param failingSince the first of them
     * @param lastFailure the latest ever, and why
     * @param lastSuccess the latest that is on record: it is written at most once a minute
     */
    public record Standing(
            int failures,
            Optional<Instant> failingSince,
            Optional<Failure> lastFailure,
            Optional<Instant> lastSuccess) {
        static final Standing NEW = new Standing(0, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** One failed attempt. */
    public record Failure(Instant at, String reason) {}

    public WebhookEndpoint {
        keys = List.copyOf(keys);
    }

    /** Whether a text can be an endpoint's id. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    public boolean enabled() {
        return disabled.isEmpty();
    }
}
