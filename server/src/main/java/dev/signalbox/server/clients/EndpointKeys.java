package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.ListenerOptions.UnixSocket;
import dev.signalbox.endpoint.netty.TcpOptions.Framing;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The keys of the ways in which clients connect, beside WebSocket. */
final class EndpointKeys {
    private static final Pattern OCTAL = Pattern.compile("0?[0-7]{3}");
    /** The bit of the first permission, that of the owner to read. */
    private static final int HIGHEST = 0400;

    private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[^/\\s]{1,255}");
    private static final Kind<String> URL_PATH =
            Kind.matching("a path such as /events", Pattern.compile("(?!/(?:ws|health)$)/[A-Za-z0-9._~/-]{0,127}"));

    private static final Kind<List<String>> ORIGIN_LIST =
            new Kind<>("origins like https://example.org, with blanks in between, or *", EndpointKeys::origins);

    private static final Kind<Path> SOCKET_FILE =
            new Kind<>("a path of at most 97 bytes", text -> new UnixSocket(Path.of(text), Set.of()).path());
    private static final Kind<Set<PosixFilePermission>> MODE =
            new Kind<>("permissions in octal digits, such as 0660", EndpointKeys::permissions);

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
    static final Key<Path> SOCKET = Key.optional(
            "clients.socket",
            SOCKET_FILE,
            "A Unix socket for clients over WebSocket and HTTP on this machine, such as a proxy, beside the port. In plain text,"
                    + " with or without clients.tls.*.");
    static final Key<Set<PosixFilePermission>> SOCKET_MODE = Key.of(
            "clients.socket-mode",
            MODE,
            "0660",
            "The permissions of the Unix sockets' files: those who may write to them may connect.");
    static final Key<Path> TCP_SOCKET = Key.optional(
            "clients.tcp.socket",
            SOCKET_FILE,
            "A Unix socket for clients that speak as over TCP, in plain text, with or without clients.tcp.port.");
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

    static final Key<Integer> UDP_PORT = Key.optional(
            "clients.udp.port",
            Kind.port(),
            "The port for clients over UDP, in plain text, where messages may get lost; 0 picks a free one. Without it, there"
                    + " is none.");
    static final Key<Integer> UDP_DATAGRAM = Key.of(
            "clients.udp.max-datagram",
            Kind.whole(1_024, 65_507),
            "1200",
            "The bytes that a datagram may have in either direction. What does not fit is dropped, and the client is told.");
    static final Key<Integer> GRPC_PORT = Key.optional(
            "clients.grpc.port",
            Kind.port(),
            "The port for clients over gRPC, in plain text, or over TLS with clients.tls.*; 0 picks a free one."
                    + " Without it, there is none.");

    static final List<Key<?>> ALL = List.of(
            CLIENT_AUTHORITIES,
            SOCKET,
            SOCKET_MODE,
            EVENTS,
            EVENTS_PATH,
            ORIGINS,
            RESUME,
            TCP_PORT,
            TCP_SOCKET,
            TCP_FRAMING,
            UDP_PORT,
            UDP_DATAGRAM,
            GRPC_PORT);

    private EndpointKeys() {}

    private static Set<PosixFilePermission> permissions(String text) {
        if (!OCTAL.matcher(text).matches()) {
            throw new IllegalArgumentException("a mode has three octal digits, such as 660");
        }
        int mode = Integer.parseInt(text, 8);
        StringBuilder letters = new StringBuilder("rwxrwxrwx");
        for (int i = 0; i < letters.length(); i++) {
            if ((mode & (HIGHEST >> i)) == 0) {
                letters.setCharAt(i, '-');
            }
        }
        return PosixFilePermissions.fromString(letters.toString());
    }

    private static List<String> origins(String text) {
        List<String> origins = List.of(text.strip().split("\\s+", -1));
        if (!origins.stream().allMatch(origin -> ORIGIN.matcher(origin).matches())) {
            throw new IllegalArgumentException("an origin is a scheme and a host, such as https://example.org");
        }
        return origins;
    }
}
