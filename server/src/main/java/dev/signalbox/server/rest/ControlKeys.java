package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The keys of the control plane, and of who may use it. */
final class ControlKeys {

    static final Key<String> CONTROL_HOST = Key.of(
            "control.host",
            Kind.host(),
            "127.0.0.1",
            "Where REST, console, health and metrics listen. Loopback by default: nothing is reachable from the network"
                    + " until you say so.");
    static final Key<Integer> CONTROL_PORT =
            Key.of("control.port", Kind.port(), "8080", "Its port; 0 picks a free one.");
    static final Key<Path> CONTROL_CERTIFICATE = Key.optional(
            "control.tls.certificate",
            Kind.path(),
            "The certificate chain in PEM; with it the port speaks only HTTPS.");
    static final Key<Path> CONTROL_KEY =
            Key.optional("control.tls.key", Kind.path(), "The certificate's private key in PEM (PKCS#8).");
    static final Key<Long> CONTROL_MAX_BODY = Key.of(
            "control.max-body",
            Kind.size("1KiB", "16MiB"),
            "256KiB",
            "The largest single request, and the longest line of a bulk request.");
    static final Key<Duration> CONTROL_HEADER_TIMEOUT = Key.of(
            "control.header-timeout",
            Kind.duration("100ms", "10m"),
            "10s",
            "How long a client may take for the head of a request, and for the TLS handshake before it.");
    static final Key<Duration> CONTROL_BODY_TIMEOUT = Key.of(
            "control.body-timeout",
            Kind.duration("100ms", "1h"),
            "30s",
            "How long a client may pause while it sends a request's body or reads an answer.");
    static final Key<Long> CONTROL_MIN_BODY_RATE = Key.of(
            "control.min-body-rate",
            Kind.size("1", "1GiB"),
            "500",
            "The lowest average rate, in bytes a second, at which a client may send a body or read an answer"
                    + " once `control.body-timeout` has passed.");
    static final Key<Duration> CONTROL_IDLE = Key.of(
            "control.idle-timeout",
            Kind.duration("1s", "1d"),
            "60s",
            "How long a connection stays open between requests.");
    static final Key<Integer> CONTROL_MAX_CONNECTIONS =
            Key.of("control.max-connections", Kind.whole(1, 1_000_000), "2048", "The most connections at a time.");
    static final Key<Integer> CONTROL_MAX_PER_ADDRESS = Key.of(
            "control.max-connections-per-address",
            Kind.whole(1, 1_000_000),
            "256",
            "The most connections at a time from one address, or one IPv6 network of 64 bits. At the limit, the"
                    + " oldest one that has not sent a request is closed.");
    static final Key<Integer> CONTROL_MAX_REQUESTS = Key.of(
            "control.max-requests",
            Kind.whole(1, 100_000),
            "512",
            "The most requests under way at a time; above it the answer is 503. Health, metrics and streams are"
                    + " counted separately.");
    static final Key<Integer> CONTROL_MAX_PER_PRINCIPAL = Key.of(
            "control.max-requests-per-principal",
            Kind.whole(1, 100_000),
            "64",
            "The most requests under way, and the most streams, with one holder's tokens; above it the answer"
                    + " is 429.");

    static final Key<Boolean> AUTH_DISABLED = Key.of(
            "auth.disabled",
            Kind.truth(),
            "false",
            "Lets everyone who reaches the control port do everything, with any token or none. Refused unless"
                    + " `control.host` is loopback or `auth.allow-anyone` is true.");
    static final Key<Boolean> AUTH_ALLOW_ANYONE = Key.of(
            "auth.allow-anyone",
            Kind.truth(),
            "false",
            "Confirms that `auth.disabled` may open the control port to the whole network.");
    static final Key<String> AUTH_TOKEN = Key.secret(
            "auth.tokens.*.token",
            Kind.token(),
            "A bearer token for the control port. With no token at all, the server makes one for an admin and writes it"
                    + " to the file `token` in the data folder.");
    static final Key<String> AUTH_NAME =
            Key.optional("auth.tokens.*.name", Kind.name(), "Who holds the token, for the log. Required.");
    static final Key<Role> AUTH_ROLE = Key.of(
            "auth.tokens.*.role",
            Kind.oneOf(Role.class),
            "reader",
            "`reader` may look, `sender` may also enqueue, `admin` may do everything.");

    static final List<Key<?>> ALL = List.of(
            CONTROL_HOST,
            CONTROL_PORT,
            CONTROL_CERTIFICATE,
            CONTROL_KEY,
            CONTROL_MAX_BODY,
            CONTROL_HEADER_TIMEOUT,
            CONTROL_BODY_TIMEOUT,
            CONTROL_MIN_BODY_RATE,
            CONTROL_IDLE,
            CONTROL_MAX_CONNECTIONS,
            CONTROL_MAX_PER_ADDRESS,
            CONTROL_MAX_REQUESTS,
            CONTROL_MAX_PER_PRINCIPAL,
            AUTH_DISABLED,
            AUTH_ALLOW_ANYONE,
            AUTH_TOKEN,
            AUTH_NAME,
            AUTH_ROLE);

    private ControlKeys() {}
}
