package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.AddressRange;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.router.RouterOptions.AtSessionLimit;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The keys of the port that clients connect to. */
final class ClientKeys {
    private static final Kind<String> CLIENT =
            Kind.matching("1 to 128 characters without spaces", Pattern.compile("[!-~]{1,128}"));

    private static final Kind<List<AddressRange>> RANGES = new Kind<>(
            "addresses or ranges like 10.0.0.0/8, with blanks in between",
            text -> Stream.of(text.strip().split("\\s+"))
                    .map(AddressRange::parse)
                    .toList());

    static final Key<String> HOST =
            Key.of("clients.host", Kind.host(), "127.0.0.1", "Where clients connect over WebSocket.");
    static final Key<Integer> PORT = Key.of("clients.port", Kind.port(), "8081", "Its port; 0 picks a free one.");
    static final Key<Path> CERTIFICATE = Key.optional(
            "clients.tls.certificate", Kind.path(), "The certificate chain in PEM; with it the port speaks only TLS.");
    static final Key<Path> KEY =
            Key.optional("clients.tls.key", Kind.path(), "The certificate's private key in PEM (PKCS#8).");
    static final Key<Duration> IDLE = Key.of(
            "clients.idle-timeout",
            Kind.duration("1s", "1d"),
            "60s",
            "How long a client may be silent, without even a pong, before it is disconnected.");
    static final Key<Long> MIN_UPLOAD = Key.of(
            "clients.min-upload",
            Kind.size("0", "1GiB"),
            "1KiB",
            "How many bytes a second a message has to come in with, once it has taken longer than the idle timeout. A"
                    + " slower client is disconnected; 0 allows any.");
    static final Key<Duration> AUTHENTICATION = Key.of(
            "clients.auth-timeout",
            Kind.duration("100ms", "1m"),
            "5s",
            "How long a new client may take to send its token.");
    static final Key<Integer> RATE = Key.of(
            "clients.rate",
            Kind.whole(1, 1_000_000),
            "1000",
            "The most messages a second that one client may send; pings count, too.");
    static final Key<Integer> CONNECTIONS =
            Key.of("clients.max-connections", Kind.whole(1, 10_000_000), "100000", "The most clients at a time.");
    static final Key<Integer> CONNECTIONS_PER_ADDRESS = Key.of(
            "clients.max-connections-per-address",
            Kind.whole(1, 10_000_000),
            "1000",
            "The most clients at a time from one network address, or from one IPv6 network (/64). Behind a load"
                    + " balancer, set clients.address-from, or all clients have its address.");
    static final Key<AddressSource> ADDRESS_FROM = Key.of(
            "clients.address-from",
            Kind.oneOf(AddressSource.class),
            "connection",
            "Where a client's address is taken from: its connection, or what a trusted proxy tells, in the PROXY"
                    + " protocol (version 1 or 2, on each of its connections) or in a header.");
    static final Key<List<AddressRange>> TRUSTED_PROXIES = Key.optional(
            "clients.trusted-proxies",
            RANGES,
            "The proxies whose word counts. Required unless clients.address-from is connection.");
    static final Key<Boolean> COMPRESSION = Key.of(
            "clients.compression",
            Kind.truth(),
            "true",
            "Whether messages over WebSocket may be compressed, in both directions (permessage-deflate).");
    static final Key<Integer> SESSIONS = Key.of(
            "clients.sessions",
            Kind.whole(1, 10_000),
            "100",
            "The most sessions of one client at a time: tabs and devices. Each gets what is sent to the client.");
    static final Key<AtSessionLimit> AT_SESSION_LIMIT = Key.of(
            "clients.at-session-limit",
            Kind.oneOf(AtSessionLimit.class),
            "replace_oldest",
            "What a client with that many sessions gets for one more: its oldest is closed, or the new one is refused.");
    static final Key<Integer> PENDING = Key.of(
            "clients.pending",
            Kind.whole(1, 1_000_000),
            "1000",
            "The most replies and acknowledgements that one client, with all of its sessions, waits for at a time.");
    static final Key<Duration> RESUME = Key.of(
            "clients.resume",
            Kind.duration("0s", "1d"),
            "30s",
            "How long a session waits for its client to come back after the connection broke, if the client asked for that."
                    + " 0s ends each session with its connection.");
    static final Key<Integer> RESUME_SESSIONS = Key.of(
            "clients.resume-sessions",
            Kind.whole(0, 10_000_000),
            "10000",
            "The most sessions that wait at a time. One more ends with its connection.");
    static final Key<Long> RESUME_SIZE = Key.of(
            "clients.resume-size",
            Kind.size("0", "999GiB"),
            "64MiB",
            "The most bytes of messages that wait for them. A session that misses one ends.");
    static final Key<String> CLIENT_TOKEN = Key.secret("clients.tokens.*.token", Kind.token(), "A client's token.");
    static final Key<String> CLIENT_ID =
            Key.optional("clients.tokens.*.client", CLIENT, "The id of the client that uses the token. Required.");
    static final Key<String> JWT_SECRET = Key.secret(
            "clients.jwt.secret",
            Kind.text("at least 32 bytes", 32, 4096),
            "Accepts tokens signed with it (JWT; HS256, HS384 or HS512): `sub` is the client's id, `exp` is required.");
    static final Key<Path> JWT_PUBLIC_KEY = Key.optional(
            "clients.jwt.public-key",
            Kind.path(),
            "Accepts tokens signed with the private key to this public one, in PEM: RSA, EC or Ed25519.");
    static final Key<URI> JWT_KEYS = Key.optional(
            "clients.jwt.keys-url",
            Kind.url(),
            "Accepts tokens signed with one of the keys that this address tells (JWKS, RFC 7517), such as that of an"
                    + " OpenID provider.");
    static final Key<Duration> JWT_REFRESH = Key.of(
            "clients.jwt.keys-refresh",
            Kind.duration("1m", "1d"),
            "5m",
            "How long the keys of that address are used before it is asked again. For a key that is not known it is asked"
                    + " at once, at most once in 10 s.");
    static final Key<Duration> JWT_OUTAGE = Key.of(
            "clients.jwt.keys-outage",
            Kind.duration("0s", "7d"),
            "1h",
            "How long the last keys stay good while the address does not answer. After that, tokens cannot be checked, and new"
                    + " clients are told to come later (1011).");
    static final Key<String> JWT_ISSUER = Key.optional(
            "clients.jwt.issuer", Kind.text("1 to 1000 characters", 1, 1_000), "What the claim `iss` must be.");
    static final Key<String> JWT_AUDIENCE = Key.optional(
            "clients.jwt.audience", Kind.text("1 to 1000 characters", 1, 1_000), "What the claim `aud` must name.");

    static final List<Key<?>> ALL = List.of(
            HOST,
            PORT,
            CERTIFICATE,
            KEY,
            IDLE,
            MIN_UPLOAD,
            AUTHENTICATION,
            RATE,
            CONNECTIONS,
            CONNECTIONS_PER_ADDRESS,
            ADDRESS_FROM,
            TRUSTED_PROXIES,
            COMPRESSION,
            SESSIONS,
            AT_SESSION_LIMIT,
            PENDING,
            RESUME,
            RESUME_SESSIONS,
            RESUME_SIZE,
            CLIENT_TOKEN,
            CLIENT_ID,
            JWT_SECRET,
            JWT_PUBLIC_KEY,
            JWT_KEYS,
            JWT_REFRESH,
            JWT_OUTAGE,
            JWT_ISSUER,
            JWT_AUDIENCE);

    private ClientKeys() {}
}
