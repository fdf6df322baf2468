package dev.signalbox.server.webhook;

import dev.signalbox.delivery.queue.Step;
import dev.signalbox.delivery.webhook.AddressRange;
import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of the channel {@code webhook}. */
final class WebhookKeys {
    private static final Kind<List<AddressRange>> RANGES = new Kind<>(
            "ranges such as 10.0.0.0/8 fd00::/8, with blanks in between",
            text -> Pattern.compile("\\s+")
                    .splitAsStream(text.strip())
                    .filter(word -> !word.isEmpty())
                    .map(AddressRange::parse)
                    .toList());
    private static final Kind<WebhookKey> SECRET =
            new Kind<>("whsec_ and 24 to 64 bytes in base64, or whsk_ and an Ed25519 key", WebhookKey::parse);
    private static final Kind<Step> STEP =
            new Kind<>("a channel and an address, such as email:ops@example.com", Step::parse);

    static final Key<Duration> TIMEOUT = Key.of(
            "delivery.webhook.timeout", Kind.duration("100ms", "1m"), "20s", "The longest that one attempt takes.");
    static final Key<Duration> CONNECT_TIMEOUT = Key.of(
            "delivery.webhook.connect-timeout",
            Kind.duration("10ms", "1m"),
            "5s",
            "How long looking up the host and connecting may take, as a part of delivery.webhook.timeout; at most that"
                    + " long.");
    static final Key<Integer> CONCURRENCY = Key.of(
            "delivery.webhook.concurrency", Kind.whole(1, 4096), "64", "Attempts under way at a time on this node.");
    static final Key<List<AddressRange>> ALLOW = Key.of(
            "delivery.webhook.allow-ranges",
            RANGES,
            "",
            "Addresses that webhooks may reach although they are not in the public internet. Everyone who may create endpoints"
                    + " can make this server send requests there.");
    static final Key<Boolean> PLAIN_HTTP = Key.of(
            "delivery.webhook.plain-http",
            Kind.truth(),
            "false",
            "Takes http:// URLs, too: signed, but readable on the way.");
    static final Key<Duration> DISABLE_AFTER = Key.of(
            "delivery.webhook.disable-after",
            Kind.duration("0s", "365d"),
            "5d",
            "An endpoint that has failed for this long without any success is disabled; 0s for never. One that answers 410"
                    + " is disabled at once.");
    static final Key<Step> NOTICE = Key.optional(
            "delivery.webhook.notice",
            STEP,
            "Who gets a message when an endpoint is disabled so, such as email:ops@example.com.");
    static final Key<WebhookKey> URL_SECRET = Key.secret(
            "delivery.webhook.url-secret",
            SECRET,
            "What signs messages whose address is a URL instead of an endpoint, as in webhook:https://example.com/hook."
                    + " Without it such addresses are refused.");
    static final Key<Path> CA_FILE = Key.optional(
            "delivery.webhook.ca-file", Kind.path(), "Certificates in PEM to trust instead of the system's.");

    static final List<Key<?>> ALL = List.of(
            TIMEOUT, CONNECT_TIMEOUT, CONCURRENCY, ALLOW, PLAIN_HTTP, DISABLE_AFTER, NOTICE, URL_SECRET, CA_FILE);

    private WebhookKeys() {}
}
