package dev.signalbox.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Random;

/**
 * The clients of one system, in a process of their own: subscribers that count, and one that publishes. Orders come on standard
 * input, one a line, and each is answered with one line:
 *
 * <ul>
 *   <li>{@code connect N}: N subscribers more; the nanoseconds that took
 *   <li>{@code fan BATCH NANOS}: publishes BATCH messages, waits for all of their deliveries, and again until the time is up;
 *       deliveries and nanoseconds
 *   <li>{@code unicast BATCH NANOS}: the same with messages to random subscribers
 *   <li>{@code window SIZE NANOS}: messages to random subscribers, SIZE under way at a time; how many, and the median and the 99th percentile of the
 *       nanoseconds from a message's way out to its arrival
 * </ul>
 */
final class RivalLoad {
    private final RivalProtocol protocol;
    private final InetSocketAddress address;
    private final RivalSubscribers subscribers;
    private final Random random = new Random(42);
    private final String payload;
    private final SocketChannel publisher;

    private RivalLoad(RivalProtocol protocol, int port, int payloadBytes) throws IOException {
        this.protocol = protocol;
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.payload = RivalProtocol.payload(payloadBytes);
        this.subscribers = new RivalSubscribers();
        this.publisher = dial(protocol.publisher());
        Thread.ofPlatform().daemon().name("publisher").start(this::discard);
    }

    static void main(String[] arguments) throws IOException {
        RivalLoad load = new RivalLoad(
                RivalProtocol.valueOf(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        LoadProcess.serve(load::answer);
    }

    private long[] answer(String[] order) throws IOException {
        return switch (order[0]) {
            case "connect" -> connect(Integer.parseInt(order[1]));
            case "fan" -> fan(Integer.parseInt(order[1]), Long.parseLong(order[2]));
            case "unicast" -> unicast(Integer.parseInt(order[1]), Long.parseLong(order[2]));
            case "window" -> window(Integer.parseInt(order[1]), Long.parseLong(order[2]));
            default -> throw new IllegalArgumentException("no such order: " + order[0]);
        };
    }

    private SocketChannel dial(Iterable<RivalProtocol.Step> steps) throws IOException {
        return RivalSockets.dial(address, steps);
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        RivalSockets.write(channel, bytes);
    }

    /** What the publisher is answered counts for nothing, but has to be read. */
    private void discard() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
        try {
            while (publisher.read(buffer) >= 0) {
                buffer.clear();
            }
        } catch (IOException e) {
            System.err.println("the publisher's connection broke: " + e);
        }
    }

    private long[] connect(int count) throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            subscribers.add(dial(protocol.subscriber(subscribers.count())));
        }
        return new long[] {System.nanoTime() - start};
    }

    private long[] fan(int batch, long nanos) throws IOException {
        ByteBuffer bytes = repeated(protocol.publish(payload), batch);
        long before = subscribers.delivered();
        long expected = before;
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            write(publisher, bytes.rewind());
            expected += (long) batch * subscribers.count();
            subscribers.await(expected);
        }
        return new long[] {expected - before, System.nanoTime() - start};
    }

    private static ByteBuffer repeated(byte[] message, int times) {
        ByteBuffer all = ByteBuffer.allocateDirect(message.length * times);
        for (int i = 0; i < times; i++) {
            all.put(message);
        }
        return all.flip();
    }

    private long[] unicast(int batch, long nanos) throws IOException {
        long before = subscribers.delivered();
        long expected = before;
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            ByteArrayOutputStream messages = new ByteArrayOutputStream();
            for (int i = 0; i < batch; i++) {
                messages.writeBytes(protocol.send(random.nextInt(subscribers.count()), payload));
            }
            write(publisher, ByteBuffer.wrap(messages.toByteArray()));
            expected += batch;
            subscribers.await(expected);
        }
        return new long[] {expected - before, System.nanoTime() - start};
    }

    private long[] window(int size, long nanos) throws IOException {
        subscribers.beginWindow(size);
        long before = subscribers.delivered();
        long expected = before;
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            subscribers.awaitRoom();
            int client = random.nextInt(subscribers.count());
            subscribers.sent(client);
            write(publisher, ByteBuffer.wrap(protocol.send(client, payload)));
            expected++;
        }
        subscribers.await(expected);
        long[] times = subscribers.endWindow();
        if (times.length != expected - before) {
            throw new IllegalStateException(times.length + " times of " + (expected - before) + " messages");
        }
        return new long[] {times.length, RivalSockets.percentile(times, 0.50), RivalSockets.percentile(times, 0.99)};
    }
}
