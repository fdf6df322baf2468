package dev.signalbox.server.sms;

import dev.signalbox.delivery.sms.PhoneNumber;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The keys of the SMS provider. */
final class SmsKeys {
    private static final Kind<String> REGION = Kind.text("a region with telephone numbers, in two letters (ISO 3166)")
            .where(PhoneNumber::isRegion);

    static final Key<URI> URL = Key.optional(
            "delivery.sms.url", Kind.url(), "The SMS provider. Without it, this server sends no text messages.");
    static final Key<String> PROVIDER_TOKEN = Key.secret(
            "delivery.sms.token", Kind.foreignToken(), "The provider's bearer token. Required with the URL.");
    static final Key<Duration> TIMEOUT =
            Key.of("delivery.sms.timeout", Kind.duration("10ms", "10m"), "6s", "The longest that one attempt takes.");
    static final Key<Duration> CONNECT_TIMEOUT = Key.of(
            "delivery.sms.connect-timeout",
            Kind.duration("10ms", "10m"),
            "2s",
            "How long connecting may take, as a part of delivery.sms.timeout; at most that long.");
    static final Key<Integer> CONCURRENCY =
            Key.of("delivery.sms.concurrency", Kind.whole(1, 4096), "64", "Attempts under way at a time on this node.");
    static final Key<Duration> KEY_LIFETIME = Key.of(
            "delivery.sms.key-lifetime",
            Kind.duration("0s", "30d"),
            "0s",
            "How long the provider recognises a repeated Idempotency-Key. Until then an attempt with an unknown"
                    + " outcome is repeated; after that, and always with 0s, the message becomes UNKNOWN, for an operator"
                    + " to resolve.");
    static final Key<Integer> MAX_LENGTH =
            Key.of("delivery.sms.max-length", Kind.whole(1, 10_000), "160", "The longest message, in characters.");
    static final Key<String> DEFAULT_REGION = Key.optional(
            "delivery.sms.default-region",
            REGION,
            "The country of numbers without a country code; without it they are refused.");
    static final Key<Path> CA_FILE =
            Key.optional("delivery.sms.ca-file", Kind.path(), "Certificates in PEM to trust instead of the system's.");
    static final Key<Boolean> INSECURE =
            Key.of("delivery.sms.insecure", Kind.truth(), "false", "Accepts any certificate; for experiments only.");

    static final List<Key<?>> ALL = List.of(
            URL,
            PROVIDER_TOKEN,
            TIMEOUT,
            CONNECT_TIMEOUT,
            CONCURRENCY,
            KEY_LIFETIME,
            MAX_LENGTH,
            DEFAULT_REGION,
            CA_FILE,
            INSECURE);

    private SmsKeys() {}
}
