package dev.signalbox.server.hooks;

import dev.signalbox.delivery.webhook.AddressRange;
import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of hooks. */
final class HookKeys {
    /** What becomes of a client's wish when the backend does not answer. */
    enum WhenAway {
        REFUSE,
        ALLOW
    }

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Kind<List<AddressRange>> RANGES = new Kind<>(
            "ranges such as 10.0.0.0/8 fd00::/8, with blanks in between",
            text -> BLANKS.splitAsStream(text.strip())
                    .filter(word -> !word.isEmpty())
                    .map(AddressRange::parse)
                    .toList());
    private static final Kind<List<String>> TOPICS = new Kind<>(
            "names of topics, or their beginnings and an asterisk, with blanks in between",
            text -> BLANKS.splitAsStream(text.strip())
                    .filter(word -> !word.isEmpty())
                    .map(HookSettings::pattern)
                    .toList());
    private static final Kind<WebhookKey> SECRET =
            new Kind<>("whsec_ and 24 to 64 bytes in base64, or whsk_ and an Ed25519 key", WebhookKey::parse);

    static final Key<URI> CONNECT = Key.optional(
            "hooks.connect",
            Kind.url(),
            "The URL that is asked about each client whose token was accepted, before it is connected.");
    static final Key<URI> SUBSCRIBE = Key.optional(
            "hooks.subscribe",
            Kind.url(),
            "The URL that is asked before a client subscribes to a topic that the rules let it.");
    static final Key<URI> PUBLISH = Key.optional(
            "hooks.publish",
            Kind.url(),
            "The URL that is asked before a client publishes to a topic that the rules let it, with the message.");
    static final Key<List<String>> ABOUT =
            Key.of("hooks.topics", TOPICS, "*", "The topics that hooks.subscribe and hooks.publish are asked about.");
    static final Key<WebhookKey> KEY = Key.secret(
            "hooks.secret", SECRET, "What signs the questions, as webhooks are signed. Required with a URL.");
    static final Key<Duration> TIMEOUT =
            Key.of("hooks.timeout", Kind.duration("100ms", "30s"), "2s", "How long an answer may take.");
    static final Key<Integer> CONCURRENCY = Key.of(
            "hooks.concurrency",
            Kind.whole(1, 4096),
            "64",
            "Questions under way at a time on this node; one more counts as not answered.");
    static final Key<WhenAway> AWAY = Key.of(
            "hooks.when-away",
            Kind.oneOf(WhenAway.class),
            "refuse",
            "What becomes of a client's wish that is not answered: it is told to try again later, or the rules alone count.");
    static final Key<List<AddressRange>> ALLOW = Key.of(
            "hooks.allow-ranges",
            RANGES,
            "",
            "Addresses that hooks may lead to although they are not in the public internet, such as that of your backend.");
    static final Key<Boolean> PLAIN_HTTP = Key.of(
            "hooks.plain-http",
            Kind.truth(),
            "false",
            "Takes http:// URLs, too: signed, but readable and without proof of who answers.");
    static final Key<Path> CA_FILE =
            Key.optional("hooks.ca-file", Kind.path(), "Certificates in PEM to trust instead of the system's.");

    static final List<Key<?>> ALL =
            List.of(CONNECT, SUBSCRIBE, PUBLISH, ABOUT, KEY, TIMEOUT, CONCURRENCY, AWAY, ALLOW, PLAIN_HTTP, CA_FILE);

    private HookKeys() {}
}
