package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * WebSocket clients of several nodes, over sockets of their own: some that count what comes, and one that publishes. So all systems have the same
 * clients. For one thread.
 */
final class ClusterSockets implements AutoCloseable {
    private final ClusterWire wire;
    private final byte[] message;
    private final RivalSubscribers subscribers = new RivalSubscribers();
    private final List<SocketChannel> publishers = new ArrayList<>();
    private int clients;
    private volatile boolean closed;

    ClusterSockets(ClusterWire wire) throws IOException {
        this.wire = wire;
        this.message = wire.publish(RivalProtocol.payload(RouterBenchmark.PAYLOAD_BYTES));
    }

    private static InetSocketAddress node(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Adds a subscriber. */
    void subscribe(int port) throws IOException {
        subscribers.add(RivalSockets.dial(node(port), wire.subscriber(++clients)));
    }

    /** One that publishes. What comes to it is read and not counted. */
    Publisher publisher(int port) throws IOException {
        SocketChannel channel = RivalSockets.dial(node(port), wire.publisher(++clients));
        publishers.add(channel);
        Thread.ofVirtual().name("bench-publisher").start(() -> drain(channel));
        return messages -> RivalSockets.write(channel, ByteBuffer.wrap(RivalSockets.repeated(message, messages)));
    }

    /** Publishes as many messages as one write. */
    interface Publisher {
        void publish(int messages) throws IOException;
    }

    private void drain(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        try {
            while (channel.read(buffer) >= 0) {
                buffer.clear();
            }
        } catch (IOException e) {
            if (!closed) {
                throw new IllegalStateException("a client's connection broke", e);
            }
        }
    }

    long counted() {
        return subscribers.delivered();
    }

    /** @throws IllegalStateException if as many do not come within a minute, or more have come */
    void await(long expected) {
        subscribers.await(expected);
    }

    @Override
    public void close() {
        closed = true;
        subscribers.close();
        for (SocketChannel channel : publishers) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("a socket could not be closed", e);
            }
        }
    }
}
