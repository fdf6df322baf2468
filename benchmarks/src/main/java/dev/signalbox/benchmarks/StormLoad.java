package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Subscribers that lose their connections all at once and come back to their sessions, and one that publishes. Orders:
 *
 * <ul>
 *   <li>{@code connect N}: N subscribers more, with sessions to come back to
 *   <li>{@code storm MISSED}: breaks all their connections, publishes MISSED messages, and then all come back as fast as they can. Nanoseconds until
 *       the last one is welcome, nanoseconds until those who came back to their session have got what they missed, exactly once, and how many that are.
 *       The others, for whom the server could not keep the session, are welcome with a new one
 * </ul>
 */
final class StormLoad {
    /** Connections that are made at a time. */
    private static final int AT_A_TIME = 64;

    private final StormWire wire;
    private final InetSocketAddress address;
    private final byte[] message;
    private final SocketChannel publisher;
    private final List<Client> clients = new ArrayList<>();
    private final ExecutorService dialing = Executors.newFixedThreadPool(
            AT_A_TIME, Thread.ofPlatform().daemon().name("client-", 0).factory());
    /** Of the last storm. */
    private RivalSubscribers subscribers = new RivalSubscribers();

    /** Of the last message that was published. */
    private String place = "";

    /** One subscriber, for one thread at a time. */
    private static final class Client {
        private final int number;
        private SocketChannel channel;
        private String session;

        Client(int number, SocketChannel channel, String session) {
            this.number = number;
            this.channel = channel;
            this.session = session;
        }
    }

    private StormLoad(StormWire wire, int port, int payloadBytes) throws IOException {
        this.wire = wire;
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        message = wire.publish(RivalProtocol.payload(payloadBytes));
        publisher = RivalSockets.dial(address, wire.publisher());
    }

    /** @param arguments the protocol, the port, and bytes of a payload */
    static void main(String[] arguments) throws IOException {
        StormLoad load = new StormLoad(
                StormWire.valueOf(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        LoadProcess.serve(load::answer);
    }

    private long[] answer(String[] order) throws IOException {
        int number = Integer.parseInt(order[1]);
        return switch (order[0]) {
            case "connect" -> connect(number);
            case "storm" -> storm(number);
            default -> throw new IllegalArgumentException("no such order: " + order[0]);
        };
    }

    private long[] connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int number = clients.size();
            SocketChannel channel = RivalSockets.dial(address, wire.upgrade());
            clients.add(new Client(number, channel, wire.begin(channel, number)));
            place = wire.subscribe(channel);
        }
        // Where a place is told with a message only, nobody has one before the first.
        publish(1);
        return new long[] {clients.size()};
    }

    private void publish(int count) throws IOException {
        RivalSockets.write(publisher, ByteBuffer.wrap(RivalSockets.repeated(message, count)));
        place = wire.after(publisher, place, count);
    }

    private long[] storm(int missed) throws IOException {
        for (Client client : clients) {
            // With a linger of none, the connection is reset, as one that breaks.
            client.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.channel.close();
        }
        subscribers.close();
        String seen = place;
        publish(missed);
        subscribers = new RivalSubscribers();
        AtomicInteger resumed = new AtomicInteger();
        List<Client> strangers = new ArrayList<>();
        long start = System.nanoTime();
        CompletableFuture.allOf(clients.stream()
                        .map(client -> CompletableFuture.runAsync(
                                () -> {
                                    if (comeBack(client, seen)) {
                                        resumed.incrementAndGet();
                                    } else {
                                        synchronized (strangers) {
                                            strangers.add(client);
                                        }
                                    }
                                },
                                dialing))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        long back = System.nanoTime() - start;
        subscribers.await((long) missed * resumed.get());
        long complete = System.nanoTime() - start;
        for (Client client : strangers) {
            wire.subscribe(client.channel);
        }
        return new long[] {back, complete, resumed.get()};
    }

    /** Whether to its old session. */
    private boolean comeBack(Client client, String seen) {
        try {
            SocketChannel channel = RivalSockets.dial(address, wire.upgrade());
            StormWire.Back back = wire.comeBack(channel, client.number, client.session, seen);
            client.channel = channel;
            client.session = back.session();
            if (back.resumed()) {
                // What it missed may have come with the welcome.
                subscribers.add(channel, ByteBuffer.wrap(back.read().getBytes(StandardCharsets.ISO_8859_1)));
            }
            return back.resumed();
        } catch (IOException e) {
            throw new UncheckedIOException("client " + client.number + " did not come back", e);
        }
    }
}
