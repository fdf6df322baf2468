package dev.signalbox.endpoint.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Files for the Unix sockets of one test, and relays in front of them. */
final class SocketPlaces implements AutoCloseable {
    private final Path folder;
    private final List<SocketRelay> relays = new ArrayList<>();
    private int files;

    SocketPlaces() {
        try {
            folder = Files.createTempDirectory("sb");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same options on a file of its own. */
    ListenerOptions onFile(ListenerOptions listener) {
        Path file = folder.resolve("s" + files++);
        return listener.at(new ListenerOptions.UnixSocket(file, PosixFilePermissions.fromString("rw-------")));
    }

    /** The address of a port that leads to an endpoint's file. */
    URI relayed(URI endpoint) {
        String[] fileAndPath = endpoint.getPath().split(":", 2);
        SocketRelay relay = new SocketRelay(Path.of(fileAndPath[0]));
        relays.add(relay);
        String path = fileAndPath.length > 1 ? fileAndPath[1] : "";
        return URI.create(endpoint.getScheme().replace("+unix", "") + "://127.0.0.1:" + relay.port() + path);
    }

    /** Once the endpoint is closed. */
    @Override
    public void close() {
        relays.forEach(SocketRelay::close);
    }
}
