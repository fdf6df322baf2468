package dev.signalbox.benchmarks;

import dev.signalbox.tls.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;

/**
 * Subscribers that count markers, and one that publishes, over TLS or in plain text: the same clients for both, so that what differs is
 * the server's. Orders:
 *
 * <ul>
 *   <li>{@code connect N}: N subscribers more; the nanoseconds that took
 *   <li>{@code fan BATCH NANOS}: publishes BATCH messages, waits for all of their deliveries, and again until the time is up; deliveries
 *       and nanoseconds
 * </ul>
 */
final class TlsLoad {
    /** In place of the certificate's file, for plain text. */
    static final String PLAIN = "plain";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final RivalProtocol protocol;
    private final int port;
    private final byte[] message;
    private final SocketFactory sockets;
    private final AtomicLong delivered = new AtomicLong();
    private final List<Socket> subscribers = new ArrayList<>();
    private final Socket publisher;

    private TlsLoad(RivalProtocol protocol, int port, int payloadBytes, SocketFactory sockets) throws IOException {
        this.protocol = protocol;
        this.port = port;
        this.message = protocol.publish(RivalProtocol.payload(payloadBytes));
        this.sockets = sockets;
        this.publisher = dial(protocol.publisher());
        read(publisher, new AtomicLong());
    }

    /** @param arguments the protocol, the port, bytes of a payload, and the file of the server's certificate, or {@link #PLAIN} */
    static void main(String[] arguments) throws IOException {
        SocketFactory sockets = arguments[3].equals(PLAIN)
                ? SocketFactory.getDefault()
                : Trust.inFile(Path.of(arguments[3])).context().getSocketFactory();
        TlsLoad load = new TlsLoad(
                RivalProtocol.valueOf(arguments[0]),
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                sockets);
        LoadProcess.serve(load::answer);
    }

    private long[] answer(String[] order) throws IOException {
        return switch (order[0]) {
            case "connect" -> connect(Integer.parseInt(order[1]));
            case "fan" -> fan(Integer.parseInt(order[1]), Long.parseLong(order[2]));
            default -> throw new IllegalArgumentException("no such order: " + order[0]);
        };
    }

    private Socket dial(Iterable<RivalProtocol.Step> steps) throws IOException {
        Socket socket = sockets.createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        RivalSockets.greet(socket.getInputStream(), socket.getOutputStream(), steps);
        return socket;
    }

    private long[] connect(int count) throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            Socket subscriber = dial(protocol.subscriber(subscribers.size()));
            subscribers.add(subscriber);
            read(subscriber, delivered);
        }
        return new long[] {System.nanoTime() - start};
    }

    /** Counts the markers that come, on a thread of its own. */
    private static void read(Socket socket, AtomicLong counter) throws IOException {
        InputStream in = socket.getInputStream();
        Thread.ofVirtual().name("subscriber").start(() -> {
            byte[] buffer = new byte[16 << 10];
            byte last = 0;
            try {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    int found = 0;
                    for (int i = 0; i < count; i++) {
                        found += buffer[i] == '|' && last == '`' ? 1 : 0;
                        last = buffer[i];
                    }
                    counter.addAndGet(found);
                }
                System.err.println("the server closed a connection");
            } catch (IOException e) {
                System.err.println("a connection broke: " + e);
            }
        });
    }

    private long[] fan(int batch, long nanos) throws IOException {
        byte[] bytes = RivalSockets.repeated(message, batch);
        long before = delivered.get();
        long expected = before;
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            publisher.getOutputStream().write(bytes);
            expected += (long) batch * subscribers.size();
            await(expected);
        }
        return new long[] {expected - before, System.nanoTime() - start};
    }

    private void await(long expected) {
        long start = System.nanoTime();
        while (delivered.get() < expected && System.nanoTime() - start < PATIENCE_NANOS) {
            LockSupport.parkNanos(20_000);
        }
        if (delivered.get() != expected) {
            throw new IllegalStateException(delivered.get() + " deliveries, not " + expected);
        }
    }
}
