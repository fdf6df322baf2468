package dev.signalbox.server.clients;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of the port that clients connect to. */
final class ClientKeys {
    private static final Kind<String> CLIENT =
            Kind.matching("1 to 128 characters without spaces", Pattern.compile("[!-~]{1,128}"));

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
    static final Key<Duration> AUTHENTICATION = Key.of(
            "clients.auth-timeout",
            Kind.duration("100ms", "1m"),
            "5s",
            "How long a new client may take to send its token.");
    static final Key<Integer> RATE = Key.of(
            "clients.rate", Kind.whole(1, 1_000_000), "1000", "The most messages a second that one client may send.");
    static final Key<Integer> CONNECTIONS =
            Key.of("clients.max-connections", Kind.whole(1, 10_000_000), "100000", "The most clients at a time.");
    static final Key<Integer> CONNECTIONS_PER_ADDRESS = Key.of(
            "clients.max-connections-per-address",
            Kind.whole(1, 10_000_000),
            "1000",
            "The most clients at a time from one network address.");
    static final Key<String> CLIENT_TOKEN = Key.secret("clients.tokens.*.token", Kind.token(), "A client's token.");
    static final Key<String> CLIENT_ID =
            Key.optional("clients.tokens.*.client", CLIENT, "The id of the client that uses the token. Required.");
    static final Key<String> JWT_SECRET = Key.secret(
            "clients.jwt.secret",
            Kind.text("at least 32 bytes", 32, 4096),
            "Accepts tokens signed with it (JWT, HS256): `sub` is the client's id, `exp` is required.");

    static final List<Key<?>> ALL = List.of(
            HOST,
            PORT,
            CERTIFICATE,
            KEY,
            IDLE,
            AUTHENTICATION,
            RATE,
            CONNECTIONS,
            CONNECTIONS_PER_ADDRESS,
            CLIENT_TOKEN,
            CLIENT_ID,
            JWT_SECRET);

    private ClientKeys() {}
}
