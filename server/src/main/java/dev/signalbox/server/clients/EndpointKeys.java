package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.TcpOptions.Framing;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of the ways in which clients connect, beside WebSocket. */
final class EndpointKeys {
    private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[^/\\s]{1,255}");
    private static final Kind<String> URL_PATH =
            Kind.matching("a path such as /events", Pattern.compile("(?!/(?:ws|health)$)/[A-Za-z0-9._~/-]{0,127}"));

    private static final Kind<List<String>> ORIGIN_LIST =
            new Kind<>("origins like https://example.org, with blanks in between, or *", EndpointKeys::origins);

    static final Key<Path> CLIENT_AUTHORITIES = Key.optional(
            "clients.tls.client-ca",
            Kind.certificates(),
            "The authorities, in PEM, one of which has to have signed the certificate that every client then needs"
                    + " (mutual TLS).");
    static final Key<Boolean> EVENTS = Key.of(
            "clients.events.enabled",
            Kind.truth(),
            "true",
            "Whether clients may connect over HTTP, on the same port as over WebSocket: server-sent events to them,"
                    + " POST from them.");
    static final Key<String> EVENTS_PATH = Key.of("clients.events.path", URL_PATH, "/events", "Where they connect.");
    static final Key<List<String>> ORIGINS = Key.optional(
            "clients.events.origins",
            ORIGIN_LIST,
            "The origins whose web pages may connect over HTTP, or * for all. Without it, only pages of this port's own"
                    + " origin.");
    static final Key<Duration> RESUME = Key.of(
            "clients.events.resume",
            Kind.duration("1s", "1h"),
            "30s",
            "How long a client over HTTP may be away between two streams before its session ends; at most the idle"
                    + " timeout.");
    static final Key<Integer> TCP_PORT = Key.optional(
            "clients.tcp.port",
            Kind.port(),
            "The port for clients over plain TCP, or TLS with clients.tls.*; 0 picks a free one. Without it, there is"
                    + " none.");
    static final Key<Framing> TCP_FRAMING = Key.of(
            "clients.tcp.framing",
            Kind.oneOf(Framing.class),
            "lines",
            "How frames over TCP are told apart: each is a line, or begins with its length in four bytes.");

    static final Key<Integer> GRPC_PORT = Key.optional(
            "clients.grpc.port",
            Kind.port(),
            "The port for clients over gRPC, in plain text, or over TLS with clients.tls.*; 0 picks a free one."
                    + " Without it, there is none.");

    static final List<Key<?>> ALL =
            List.of(CLIENT_AUTHORITIES, EVENTS, EVENTS_PATH, ORIGINS, RESUME, TCP_PORT, TCP_FRAMING, GRPC_PORT);

    private EndpointKeys() {}

    private static List<String> origins(String text) {
        List<String> origins = List.of(text.strip().split("\\s+", -1));
        if (!origins.stream().allMatch(origin -> ORIGIN.matcher(origin).matches())) {
            throw new IllegalArgumentException("an origin is a scheme and a host, such as https://example.org");
        }
        return origins;
    }
}
