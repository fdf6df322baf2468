package dev.signalbox.endpoint.netty;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How clients connect over WebSocket, and over HTTP on the same port. Immutable; start from {@link #defaults()} and change what
 * differs.
 *
 * @param listener where, and what each may do; by default on port 8081 of the loopback address
 * @param path where WebSocket clients connect; begins with a slash; default {@code /ws}
 * @param compression whether messages may be compressed (permessage-deflate); default true
 * @param events clients over HTTP; empty for none
 */
public record WebSocketOptions(ListenerOptions listener, String path, boolean compression, Optional<Events> events) {

    /**
     * Clients over HTTP, which get server-sent events and send POST requests.
     *
     * @param path where they connect; begins with a slash; default {@code /events}
     * @param origins whose pages in a browser may connect, such as {@code https://example.org}, or {@code *} for all; by default
     *     none but those of this port
     * @param resume how long a client may be away between two streams without its session ending; 10 ms to 1 day, default 30 s.
     *     The idle timeout bounds it, too
     */
    public record Events(String path, List<String> origins, Duration resume) {
        public Events {
            requirePath(path);
            origins = List.copyOf(origins);
            ListenerOptions.requireRange("resume", resume);
        }

        public static Events defaults() {
            return new Events("/events", List.of(), Duration.ofSeconds(30));
        }
    }

    /**
     * Checks every option.
     *
     * @throws IllegalArgumentException naming the first option that is out of its range
     */
    public WebSocketOptions {
        requirePath(path);
        if (events.map(Events::path).filter(path::equals).isPresent()) {
            throw new IllegalArgumentException("clients over HTTP need a path of their own, not " + path);
        }
    }

    private static void requirePath(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path must begin with a slash: " + path);
        }
    }

    public static WebSocketOptions defaults() {
        return new WebSocketOptions(ListenerOptions.on(8081), "/ws", true, Optional.of(Events.defaults()));
    }

    /** The same with a changed listener. */
    public WebSocketOptions listening(UnaryOperator<ListenerOptions> change) {
        return new WebSocketOptions(change.apply(listener), path, compression, events);
    }

    public WebSocketOptions withPath(String changed) {
        return new WebSocketOptions(listener, changed, compression, events);
    }

    public WebSocketOptions withCompression(boolean changed) {
        return new WebSocketOptions(listener, path, changed, events);
    }

    public WebSocketOptions withEvents(Optional<Events> changed) {
        return new WebSocketOptions(listener, path, compression, changed);
    }
}
