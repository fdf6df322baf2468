package dev.signalbox.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Subscribers that read, others that do not, and one that publishes. Orders:
 *
 * <ul>
 *   <li>{@code connect N}: N subscribers more that read
 *   <li>{@code stall N}: N subscribers more that read nothing; and then so much is published that nothing more fits into their sockets
 *   <li>{@code pace RATE NANOS}: publishes one message at a time, RATE a second; deliveries to those who read, nanoseconds, and the median and the
 *       99th percentile of the time of one
 * </ul>
 */
final class StalledLoad {
    /** Of a stalled client: what the system keeps for it is small and soon full. */
    private static final int RECEIVE_BUFFER = 4 << 10;
    /** More than a server's system keeps for a socket, by {@code net.ipv4.tcp_wmem}: 4 MiB. */
    private static final int CHOKING_BYTES = 8 << 20;

    private static final int CHOKING_MESSAGE = 8 << 10;
    private static final int CHOKING_BATCH = 32;

    private final InetSocketAddress address;
    private final byte[] message;
    private final RivalSubscribers subscribers = new RivalSubscribers();
    private final List<SocketChannel> stalled = new ArrayList<>();
    private final SocketChannel publisher;
    private long expected;

    private StalledLoad(int port, int payloadBytes) throws IOException {
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        message = RivalProtocol.SIGNALBOX.publish(RivalProtocol.payload(payloadBytes));
        publisher = RivalSockets.dial(address, RivalProtocol.SIGNALBOX.publisher());
    }

    /** @param arguments the port, and bytes of a payload */
    static void main(String[] arguments) throws IOException {
        StalledLoad load = new StalledLoad(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        LoadProcess.serve(load::answer);
    }

    private long[] answer(String[] order) throws IOException {
        int number = Integer.parseInt(order[1]);
        return switch (order[0]) {
            case "connect" -> connect(number);
            case "stall" -> stall(number);
            case "pace" -> pace(number, Long.parseLong(order[2]));
            default -> throw new IllegalArgumentException("no such order: " + order[0]);
        };
    }

    private int clients() {
        return subscribers.count() + stalled.size();
    }

    private long[] connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            subscribers.add(RivalSockets.dial(address, RivalProtocol.SIGNALBOX.subscriber(clients())));
        }
        return new long[] {subscribers.count()};
    }

    private long[] stall(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.connect(address);
            for (RivalProtocol.Step step : RivalProtocol.SIGNALBOX.subscriber(clients())) {
                RivalSockets.write(channel, ByteBuffer.wrap(step.says()));
                RivalSockets.readUntil(channel, step.until());
            }
            stalled.add(channel);
        }
        byte[] large = RivalSockets.repeated(
                RivalProtocol.SIGNALBOX.publish(RivalProtocol.payload(CHOKING_MESSAGE)), CHOKING_BATCH);
        for (int sent = 0; sent < CHOKING_BYTES; sent += CHOKING_BATCH * CHOKING_MESSAGE) {
            RivalSockets.write(publisher, ByteBuffer.wrap(large));
            expected += (long) CHOKING_BATCH * subscribers.count();
            subscribers.await(expected);
        }
        return new long[] {stalled.size()};
    }

    private long[] pace(int rate, long nanos) throws IOException {
        long between = TimeUnit.SECONDS.toNanos(1) / rate;
        long before = expected;
        subscribers.beginWindow(0);
        long start = System.nanoTime();
        for (long next = start; next - start < nanos; next += between) {
            while (System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            for (int i = 0; i < subscribers.count(); i++) {
                subscribers.sent(i);
            }
            RivalSockets.write(publisher, ByteBuffer.wrap(message));
            expected += subscribers.count();
        }
        subscribers.await(expected);
        long took = System.nanoTime() - start;
        long[] times = subscribers.endWindow();
        if (times.length != expected - before) {
            throw new IllegalStateException(times.length + " times of " + (expected - before) + " deliveries");
        }
        return new long[] {
            times.length, took, RivalSockets.percentile(times, 0.50), RivalSockets.percentile(times, 0.99)
        };
    }
}
