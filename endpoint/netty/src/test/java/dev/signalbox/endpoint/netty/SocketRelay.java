package dev.signalbox.endpoint.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A port of the loopback address in front of a Unix socket, for clients that know ports only. The end of a direction is passed on as
 * such, and it holds no more than a buffer of bytes back.
 */
final class SocketRelay implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final Path file;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    SocketRelay(Path file) {
        this.file = file;
        try {
            listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("relay").start(this::accept);
    }

    int port() {
        return listener.socket().getLocalPort();
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel client = listener.accept();
                open.add(client);
                SocketChannel server = SocketChannel.open(UnixDomainSocketAddress.of(file));
                open.add(server);
                pump(client, server);
                pump(server, client);
            } catch (IOException e) {
                // The test has ended, or the endpoint is closed: the client sees the end of its connection.
                open.forEach(SocketRelay::end);
            }
        }
    }

    private static void pump(SocketChannel from, SocketChannel to) {
        Thread.ofPlatform().daemon().name("relay-pump").start(() -> {
            ByteBuffer buffer = ByteBuffer.allocate(16 << 10);
            try {
                while (from.read(buffer) >= 0) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        to.write(buffer);
                    }
                    buffer.clear();
                }
                to.shutdownOutput();
            } catch (IOException e) {
                // One side broke: so does the other.
                end(from);
                end(to);
            }
        });
    }

    private static void end(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(SocketRelay::end);
    }
}
