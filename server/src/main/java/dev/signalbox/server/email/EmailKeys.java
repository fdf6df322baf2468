package dev.signalbox.server.email;

import dev.signalbox.mail.Encryption;
import dev.signalbox.mail.MailAddress;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The keys of the mail server. */
final class EmailKeys {
    private static final Kind<MailAddress> ADDRESS =
            new Kind<>("an address such as Signalbox <box@example.com>", MailAddress::of);
    private static final Kind<Encryption> ENCRYPTION =
            new Kind<>("one of none, starttls, starttls-if-offered, tls", EmailKeys::encryption);

    static final Key<String> HOST = Key.optional(
            "delivery.email.host",
            Kind.matching("the name or address of an SMTP server", Pattern.compile("[\\p{L}\\p{N}.:_-]{1,255}")),
            "The SMTP server. Without it, this server sends no mail.");
    static final Key<Integer> PORT =
            Key.of("delivery.email.port", Kind.whole(1, 65_535), "587", "Usually 587, with tls 465.");
    static final Key<MailAddress> FROM =
            Key.optional("delivery.email.from", ADDRESS, "Whom messages are from. Required with the host.");
    static final Key<Encryption> ENCRYPTION_KIND = Key.of(
            "delivery.email.encryption",
            ENCRYPTION,
            "starttls",
            "starttls sends nothing to a server that does not offer it; ssl/tls is another word for tls.");
    static final Key<String> USERNAME = Key.optional(
            "delivery.email.username", Kind.text("1 to 320 characters", 1, 320), "Without it, nobody logs in.");
    static final Key<String> PASSWORD = Key.secret(
            "delivery.email.password",
            Kind.text("1 to 1024 characters", 1, 1024),
            "Required with the username. Gmail and others want an app password.");
    static final Key<Boolean> PLAINTEXT_AUTH = Key.of(
            "delivery.email.plaintext-auth",
            Kind.truth(),
            "false",
            "Sends the password even without encryption; for a server on this host.");
    static final Key<String> SUBJECT = Key.of(
            "delivery.email.subject",
            Kind.text("1 to 500 characters", 1, 500),
            "Notification",
            "The subject of messages without a header subject.");
    static final Key<Duration> TIMEOUT =
            Key.of("delivery.email.timeout", Kind.duration("1s", "30m"), "1m", "The longest that one attempt takes.");
    static final Key<Integer> CONNECTIONS = Key.of(
            "delivery.email.connections",
            Kind.whole(1, 1_000),
            "10",
            "Connections to the server, and attempts under way at a time on this node.");
    static final Key<Integer> PER_SECOND = Key.of(
            "delivery.email.per-second", Kind.whole(0, 1_000_000), "0", "The most messages a second; 0 for no limit.");
    static final Key<Duration> KEEP_ALIVE_TIMEOUT = Key.of(
            "delivery.email.keep-alive-timeout",
            Kind.duration("1s", "1d"),
            "5m",
            "When a connection is replaced, counted from its beginning.");
    static final Key<Duration> NOOP_TIMEOUT = Key.of(
            "delivery.email.noop-timeout",
            Kind.duration("0s", "1d"),
            "30s",
            "A connection that was idle for longer is asked whether it lives before it is used.");
    static final Key<Duration> KEY_LIFETIME = Key.of(
            "delivery.email.key-lifetime",
            Kind.duration("0s", "30d"),
            "0s",
            "How long the server drops a repeated Message-ID. Within it an unknown outcome is tried again; beyond it,"
                    + " and with 0s always, it is parked for a person.");
    static final Key<Path> CA_FILE = Key.optional(
            "delivery.email.ca-file", Kind.path(), "Certificates in PEM to trust instead of the system's.");
    static final Key<Boolean> INSECURE =
            Key.of("delivery.email.insecure", Kind.truth(), "false", "Accepts any certificate; for experiments only.");
    static final Key<String> DKIM_DOMAIN = Key.optional(
            "delivery.email.dkim-domain",
            Kind.text("a domain"),
            "Signs messages for this domain; with a selector and a key file.");
    static final Key<String> DKIM_SELECTOR = Key.optional(
            "delivery.email.dkim-selector",
            Kind.name(),
            "The public key stands in the DNS at SELECTOR._domainkey.DOMAIN.");
    static final Key<Path> DKIM_KEY_FILE = Key.optional(
            "delivery.email.dkim-key-file", Kind.path(), "The private key in PEM, RSA or Ed25519, not encrypted.");

    static final List<Key<?>> ALL = List.of(
            HOST,
            PORT,
            FROM,
            ENCRYPTION_KIND,
            USERNAME,
            PASSWORD,
            PLAINTEXT_AUTH,
            SUBJECT,
            TIMEOUT,
            CONNECTIONS,
            PER_SECOND,
            KEEP_ALIVE_TIMEOUT,
            NOOP_TIMEOUT,
            KEY_LIFETIME,
            CA_FILE,
            INSECURE,
            DKIM_DOMAIN,
            DKIM_SELECTOR,
            DKIM_KEY_FILE);

    private EmailKeys() {}

    private static Encryption encryption(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "none" -> Encryption.NONE;
            case "starttls" -> Encryption.STARTTLS;
            case "starttls-if-offered" -> Encryption.STARTTLS_IF_OFFERED;
            case "tls", "ssl/tls" -> Encryption.TLS;
            default -> throw new IllegalArgumentException(text);
        };
    }
}
