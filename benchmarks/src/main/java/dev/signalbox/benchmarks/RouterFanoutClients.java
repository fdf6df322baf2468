package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Many WebSocket clients that do nothing but count whole frames, on one thread. Each line on standard input is a number of
 * deliveries; once as many have come, what was counted is printed, and it is printed after 30 s anyway.
 */
final class RouterFanoutClients {
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final AtomicLong counted = new AtomicLong();
    private final Selector selector;

    private RouterFanoutClients(Selector selector) {
        this.selector = selector;
    }

    static void main(String[] arguments) throws IOException {
        URI address = URI.create(arguments[0]);
        int clients = Integer.parseInt(arguments[1]);
        RouterFanoutClients load = new RouterFanoutClients(Selector.open());
        for (int i = 0; i < clients; i++) {
            load.connect(address, "client-" + i);
        }
        Thread reader = Thread.ofPlatform().daemon().name("clients").start(load::read);
        load.answer(reader);
    }

    private void connect(URI address, String id) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(address.getHost(), address.getPort()));
        String request = "GET " + address.getPath() + "?access_token=" + id + " HTTP/1.1\r\nHost: bench\r\n"
                + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        FrameCounter counter = new FrameCounter();
        ByteBuffer buffer = ByteBuffer.allocate(4 << 10);
        // Until the welcome has come, and so the client is one of those that broadcasts reach.
        while (counter.frames() == 0) {
            require(channel.read(buffer) >= 0, "the server closed a connection");
            counter.read(buffer.flip());
            buffer.clear();
        }
        channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, counter);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
        try {
            while (true) {
                selector.select(key -> read(key, buffer));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("reading failed", e);
        }
    }

    private void read(SelectionKey key, ByteBuffer buffer) {
        try {
            FrameCounter counter = (FrameCounter) key.attachment();
            long before = counter.frames();
            buffer.clear();
            require(((SocketChannel) key.channel()).read(buffer) >= 0, "the server closed a connection");
            counter.read(buffer.flip());
            counted.addAndGet(counter.frames() - before);
        } catch (IOException e) {
            throw new UncheckedIOException("a connection broke", e);
        }
    }

    private void answer(Thread reader) throws IOException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            long expected = Long.parseLong(line);
            long start = System.nanoTime();
            while (counted.get() < expected && reader.isAlive() && System.nanoTime() - start < PATIENCE_NANOS) {
                LockSupport.parkNanos(20_000);
            }
            System.out.println(counted.get());
        }
    }

    /** Follows one connection's bytes from frame to frame, after the end of the HTTP answer. */
    static final class FrameCounter {
        private static final int END_OF_HEADERS = 0x0D0A0D0A;

        private long frames;
        private long payloadLeft;
        private int lastFour;
        private boolean upgraded;
        private int headerBytes;
        private int headerLeft;
        private long length;

        long frames() {
            return frames;
        }

        void read(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                if (payloadLeft > 0) {
                    int skipped = (int) Math.min(payloadLeft, bytes.remaining());
                    bytes.position(bytes.position() + skipped);
                    payloadLeft -= skipped;
                    endOfFrame();
                } else if (upgraded) {
                    header(bytes.get() & 0xFF);
                } else {
                    lastFour = (lastFour << 8) | (bytes.get() & 0xFF);
                    upgraded = lastFour == END_OF_HEADERS;
                }
            }
        }

        private void header(int next) {
            headerBytes++;
            if (headerBytes == 1) {
                headerLeft = 1;
            } else if (headerBytes == 2) {
                headerLeft = next == 127 ? 8 : next == 126 ? 2 : 0;
                length = next < 126 ? next : 0;
            } else {
                length = (length << 8) | next;
                headerLeft--;
            }
            if (headerBytes >= 2 && headerLeft == 0) {
                headerBytes = 0;
                payloadLeft = length;
                endOfFrame();
            }
        }

        private void endOfFrame() {
            if (payloadLeft == 0) {
                frames++;
            }
        }
    }
}
