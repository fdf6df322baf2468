package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.ClusterWire.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * WebSocket clients, over sockets of their own: some that count how often {@link #MARK} comes, whatever the frames around it are, on one thread; and one
 * that publishes. So all systems have the same clients. Connecting and publishing is for one thread.
 */
final class ClusterSockets implements AutoCloseable {
    /** Each message has it once, and nothing else does. */
    static final String MARK = "^^^^";

    private static final int MARK_BITS = 0x5E5E5E5E;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ClusterWire wire;
    private final Selector selector;
    private final AtomicLong counted = new AtomicLong();
    private final List<SocketChannel> channels = new ArrayList<>();
    private final Thread reader =
            Thread.ofPlatform().daemon().name("bench-subscribers").unstarted(this::read);
    private volatile boolean closed;

    ClusterSockets(ClusterWire wire) throws IOException {
        this.wire = wire;
        this.selector = Selector.open();
    }

    /** Follows one connection's bytes. */
    private static final class Marks {
        private int lastFour;

        long count(ByteBuffer bytes) {
            long found = 0;
            while (bytes.hasRemaining()) {
                lastFour = (lastFour << 8) | (bytes.get() & 0xFF);
                if (lastFour == MARK_BITS) {
                    found++;
                    lastFour = 0;
                }
            }
            return found;
        }
    }

    /** Adds a subscriber; before {@link #publisher}. */
    void subscribe(int port) throws IOException {
        SocketChannel channel = connect(port);
        step(channel, wire.subscribe());
        channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, new Marks());
    }

    /** The one that publishes; from then on marks are counted. What comes to it is read and not counted. */
    Publisher publisher(int port) throws IOException {
        SocketChannel channel = connect(port);
        Thread.ofVirtual().name("bench-publisher").start(() -> drain(channel));
        reader.start();
        return messages -> write(channel, messages);
    }

    /** Publishes as many messages as one write. */
    interface Publisher {
        void publish(int messages) throws IOException;
    }

    private SocketChannel connect(int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channels.add(channel);
        String request =
                "GET " + wire.path().formatted(channels.size()) + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n"
                        + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        StringBuilder answer = new StringBuilder();
        readUntil(channel, answer, "\r\n\r\n");
        answer.delete(0, answer.indexOf("\r\n\r\n"));
        for (Step step : wire.welcome()) {
            say(channel, step);
            readUntil(channel, answer, step.until());
        }
        return channel;
    }

    private static void step(SocketChannel channel, Step step) throws IOException {
        say(channel, step);
        readUntil(channel, new StringBuilder(), step.until());
    }

    private static void say(SocketChannel channel, Step step) throws IOException {
        if (!step.says().isEmpty()) {
            channel.write(ByteBuffer.wrap(frame(step.says())));
        }
    }

    private static void readUntil(SocketChannel channel, StringBuilder answer, String end) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4 << 10);
        while (answer.indexOf(end) < 0) {
            if (channel.read(buffer) < 0) {
                throw new IOException("the server closed a connection after: " + answer);
            }
            answer.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            buffer.clear();
        }
    }

    /** A text frame, masked with zeros. */
    private static byte[] frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        boolean isShort = payload.length < 126;
        ByteBuffer frame =
                ByteBuffer.allocate(payload.length + (isShort ? 6 : 8)).put((byte) 0x81);
        if (isShort) {
            frame.put((byte) (0x80 | payload.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        }
        return frame.putInt(0).put(payload).array();
    }

    private void write(SocketChannel channel, int messages) throws IOException {
        byte[] one = frame(wire.publication().formatted(MARK + "x".repeat(RouterBenchmark.PAYLOAD_BYTES)));
        ByteBuffer all = ByteBuffer.allocate(one.length * messages);
        for (int i = 0; i < messages; i++) {
            all.put(one);
        }
        all.flip();
        while (all.hasRemaining()) {
            channel.write(all);
        }
    }

    private void drain(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        try {
            while (channel.read(buffer) >= 0) {
                buffer.clear();
            }
        } catch (IOException e) {
            requireClosed(e);
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
        try {
            while (!closed) {
                selector.select(key -> read(key, buffer));
            }
        } catch (IOException | UncheckedIOException e) {
            requireClosed(e);
        }
    }

    private void requireClosed(Exception e) {
        if (!closed) {
            throw new IllegalStateException("a client's connection broke", e);
        }
    }

    private void read(SelectionKey key, ByteBuffer buffer) {
        try {
            buffer.clear();
            if (((SocketChannel) key.channel()).read(buffer) < 0) {
                throw new IOException("the server closed a connection");
            }
            counted.addAndGet(((Marks) key.attachment()).count(buffer.flip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long counted() {
        return counted.get();
    }

    /** @throws IllegalStateException if as many do not come within a minute, or more have come */
    void await(long expected) {
        long begun = System.nanoTime();
        while (counted.get() < expected) {
            if (!reader.isAlive() || System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new IllegalStateException("only " + counted.get() + " of " + expected + " deliveries came");
            }
            LockSupport.parkNanos(20_000);
        }
        if (counted.get() > expected) {
            throw new IllegalStateException(counted.get() + " deliveries came, and not " + expected);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        for (SocketChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("a socket could not be closed", e);
            }
        }
    }
}
