package dev.signalbox.server.sms;

import dev.signalbox.delivery.sms.GenericProvider;
import dev.signalbox.delivery.sms.PhoneNumber;
import dev.signalbox.delivery.sms.StatusContract;
import dev.signalbox.delivery.sms.TooLong;
import dev.signalbox.delivery.sms.VonageSignature;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The keys of the channel {@code sms}. */
final class SmsKeys {
    private static final Kind<String> REGION = Kind.text("a region with telephone numbers, in two letters (ISO 3166)")
            .where(PhoneNumber::isRegion);

    /** Asked whether a part of a contract can be read. */
    private static final GenericProvider PROBE = GenericProvider.of(URI.create("http://localhost"), "t");

    static final Key<SmsProviders> PROVIDER = Key.of(
            "delivery.sms.provider",
            Kind.oneOf(SmsProviders.class),
            "generic",
            "Whose API is spoken; see [SMS](sms.md). `generic` is any that takes JSON: what its answers mean is configured"
                    + " here.");
    static final Key<String> NAME = Key.optional(
            "delivery.sms.name",
            Kind.matching("1 to 32 lower-case letters, digits and hyphens", Pattern.compile("[a-z0-9][a-z0-9-]{0,31}")),
            "How histories, metrics and health call the provider, if there are backups. By default the value of"
                    + " delivery.sms.provider.");
    static final Key<URI> URL = Key.optional(
            "delivery.sms.url",
            Kind.url(),
            "Where the generic provider takes messages; of the others, the API's root in place of the usual one; of SNS,"
                    + " the region's. Without a provider, this server sends no text messages.");
    static final Key<String> ACCOUNT = Key.optional(
            "delivery.sms.account",
            Kind.matching("1 to 100 letters, digits, hyphens and underscores", Pattern.compile("[\\w-]{1,100}")),
            "Twilio's account SID, Vonage's API key, Sinch's service plan, the id of SNS's access key, the id of Bird's workspace. Required with them.");
    static final Key<String> PROVIDER_TOKEN = Key.secret(
            "delivery.sms.token",
            Kind.foreignToken(),
            "The generic provider's bearer token, Twilio's auth token, Vonage's API secret, Sinch's API token, the secret of SNS's access key, Bird's access key. Required.");
    static final Key<String> FROM = Key.optional(
            "delivery.sms.from",
            Kind.matching(
                    "a number in E.164, a name of 1 to 11 letters, digits and blanks, a Twilio SID, or the id of a Bird"
                            + " channel",
                    Pattern.compile("\\+?[0-9]{3,15}|[0-9A-Za-z ]{1,11}|MG[0-9a-fA-F]{32}|[0-9a-fA-F-]{36}")),
            "The sender that people see; with Bird, the id of the channel. Required but with the generic provider.");
    static final Key<URI> CALLBACK = Key.optional(
            "delivery.sms.callback",
            Kind.url(),
            "Where providers report what became of a message and what people write: the URL, as they see it, that leads to"
                    + " /callbacks/sms of this server, for a backup to /callbacks/sms/ and its name. Twilio, Vonage and Sinch are told it with each message; with Bird it"
                    + " stands in the subscription.");
    static final Key<String> CALLBACK_SECRET = Key.secret(
            "delivery.sms.callback-secret",
            Kind.text("8 to 256 characters", 8, 256),
            "What proves that a callback is the provider's: Vonage's signature secret, Sinch's webhook secret, Bird's signing"
                    + " key. Twilio signs with the auth token. Without it, callbacks are refused.");
    static final Key<VonageSignature> CALLBACK_SIGNATURE = Key.of(
            "delivery.sms.callback-signature",
            Kind.oneOf(VonageSignature.class),
            "md5hash",
            "How Vonage signs, as chosen in its settings.");
    static final Key<String> BODY = Key.of(
            "delivery.sms.body",
            contract(
                    "a JSON object with {{to}}, {{text}} and, if need be, {{key}} within strings",
                    text -> PROBE.withBody(text)),
            GenericProvider.USUAL_BODY,
            "What the generic provider takes.");
    static final Key<String> ID = Key.of(
            "delivery.sms.id",
            contract("a JSON pointer, such as /messages/0/id, or `none`", text -> PROBE.withId(place(text))),
            GenericProvider.USUAL_ID,
            "Where an answer of the generic provider has the message's id. An answer without one is no success, whatever its"
                    + " status; with `none`, the status alone counts.");
    static final Key<String> FAILURES = Key.optional(
            "delivery.sms.failures",
            contract(
                    "JSON pointers with blanks in between, each alone or with = and a value",
                    text -> PROBE.withFailures(words(text))),
            "What in an answer of the generic provider with a status of success tells that it refused the message, such as"
                    + " `/error /status=failed`.");
    static final Key<String> STATUSES = Key.optional(
            "delivery.sms.statuses",
            contract(
                    "rules such as 503=not-sent, 520-529=unknown, with one of accepted, not-sent, account, rejected, unknown",
                    text -> PROBE.withStatuses(StatusContract.usual().with(text))),
            "What statuses of the generic provider mean other than [usual](sms.md#what-an-answer-means).");
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
    static final Key<Integer> MAX_SEGMENTS = Key.of(
            "delivery.sms.max-segments",
            Kind.whole(1, 255),
            "10",
            "The same in segments, which networks carry and bill: 160 characters of GSM-7 or 70 of UCS-2, 153 or 67 in each of"
                    + " several.");
    static final Key<TooLong> TOO_LONG = Key.of(
            "delivery.sms.too-long",
            Kind.oneOf(TooLong.class),
            "reject",
            "What becomes of a longer message: refused, sent as several, or cut with three dots at its end.");
    static final Key<String> DEFAULT_REGION = Key.optional(
            "delivery.sms.default-region",
            REGION,
            "The country of numbers without a country code; without it they are refused.");
    static final Key<Path> CA_FILE =
            Key.optional("delivery.sms.ca-file", Kind.path(), "Certificates in PEM to trust instead of the system's.");
    static final Key<Boolean> INSECURE =
            Key.of("delivery.sms.insecure", Kind.truth(), "false", "Accepts any certificate; for experiments only.");

    static final Key<Integer> FAILOVER_FAILURES = Key.of(
            "delivery.sms.failover.failures",
            Kind.whole(0, 10_000),
            "5",
            "After how many failures in a row a provider is passed over, if there are backups; 0 for never.");
    static final Key<Duration> FAILOVER_PAUSE = Key.of(
            "delivery.sms.failover.pause",
            Kind.duration("100ms", "1h"),
            "10s",
            "How long it is passed over until one message tries it again; twice as long after each try that fails.");
    static final Key<Duration> FAILOVER_LONGEST_PAUSE = Key.of(
            "delivery.sms.failover.longest-pause",
            Kind.duration("100ms", "24h"),
            "5m",
            "The longest time between two tries; at least delivery.sms.failover.pause.");

    /** Those that each provider has, the first and its backups. */
    private static final List<Key<?>> OF_EACH_PROVIDER = List.of(
            PROVIDER,
            NAME,
            URL,
            ACCOUNT,
            PROVIDER_TOKEN,
            FROM,
            BODY,
            ID,
            FAILURES,
            STATUSES,
            TIMEOUT,
            CONNECT_TIMEOUT,
            CONCURRENCY,
            CALLBACK,
            CALLBACK_SECRET,
            CALLBACK_SIGNATURE,
            CA_FILE,
            INSECURE);

    private static final List<Key<?>> OF_THE_CHANNEL = List.of(
            KEY_LIFETIME,
            MAX_LENGTH,
            MAX_SEGMENTS,
            TOO_LONG,
            DEFAULT_REGION,
            FAILOVER_FAILURES,
            FAILOVER_PAUSE,
            FAILOVER_LONGEST_PAUSE);

    static final List<Key<?>> ALL = Stream.of(
                    OF_EACH_PROVIDER,
                    OF_THE_CHANNEL,
                    OF_EACH_PROVIDER.stream().<Key<?>>map(key -> ofBackup(key)).toList())
            .flatMap(List::stream)
            .toList();

    private SmsKeys() {}

    /** The key of a backup that is what this one is of the first provider. */
    static <T> Key<T> ofBackup(Key<T> first) {
        return new Key<>(
                first.path().replace("delivery.sms.", "delivery.sms.backups.*."),
                first.kind(),
                first.fallback(),
                first.secret(),
                "As `" + first.path() + "`, of a backup.");
    }

    /** Allows what a contract can be made with. */
    private static Kind<String> contract(String allowed, Consumer<String> making) {
        return new Kind<>(allowed, text -> {
            making.accept(text);
            return text;
        });
    }

    /** Empty for {@code none}: an empty setting would count as not set. */
    static String place(String text) {
        return text.equals("none") ? "" : text;
    }

    static List<String> words(String text) {
        return List.of(text.strip().split("\\s+", -1));
    }
}
