package dev.signalbox.server.clients;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.configuration.Secret;
import java.net.URI;
import java.time.Duration;

/** What carries a client's frames to a server and back. Thread-safe. */
interface ClientTransport extends AutoCloseable {
    /** How long a connection may take to come about, and to end. */
    Duration PATIENCE = Duration.ofSeconds(5);
    /** The longest frame that is taken, in characters. */
    int LARGEST_FRAME = 128 << 20;

    /** Told of what comes, one call at a time, on threads of the transport. */
    interface Listener {
        /** A frame in JSON. */
        void frame(String json);

        /** The server has closed the connection. */
        void closed(int code, String reason);

        /** The connection broke, in words for people. */
        void failed(String words);
    }

    /** Whether there is a transport for a URL. */
    static boolean knows(URI url) {
        if (LineTransport.UNIX.equals(url.getScheme())) {
            return url.getPath() != null;
        }
        return url.getScheme() != null
                && url.getHost() != null
                && url.getScheme().matches("wss?|https?|tcps?|udp|grpcs?")
                && (url.getPort() > 0 || !url.getScheme().matches("tcps?|udp|grpcs?"));
    }

    /**
     * Connects over what the URL's scheme names.
     *
     * @throws CommandFailure if there is no server
     */
    static ClientTransport open(URI url, Secret token, Listener listener) {
        return switch (url.getScheme()) {
            case "ws", "wss" -> WebSocketTransport.open(url, token, listener);
            case "http", "https" -> EventTransport.open(url, token, listener);
            case "udp" -> DatagramTransport.open(url, token, listener);
            case "grpc", "grpcs" -> GrpcTransport.open(url, token, listener);
            default -> LineTransport.open(url, token, listener);
        };
    }

    static CommandFailure unreachable(URI url, String reason, Throwable cause) {
        return new CommandFailure(ExitCode.UNREACHABLE, "no server at " + url + ": " + reason, cause);
    }

    /** Sends a frame; what fails is told to the listener. */
    void write(String json);

    /** Says goodbye and waits a little for the server to do the same. Idempotent. */
    @Override
    void close();
}
