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

    private static final String RESUMED = "\"resumed\":true";
    private static final String NEW = "\"resumed\":false";

    private final InetSocketAddress address;
    private final byte[] message;
    private final SocketChannel publisher;
    private final List<Client> clients = new ArrayList<>();
    private final ExecutorService dialing = Executors.newFixedThreadPool(
            AT_A_TIME, Thread.ofPlatform().daemon().name("client-", 0).factory());
    /** Of the last storm. */
    private RivalSubscribers subscribers = new RivalSubscribers();

    private String epoch = "";
    private long published;

    /** One subscriber, for one thread at a time. */
    private static final class Client {
        private final int number;
        private SocketChannel channel;
        private String token;

        Client(int number, SocketChannel channel, String token) {
            this.number = number;
            this.channel = channel;
            this.token = token;
        }
    }

    private StormLoad(int port, int payloadBytes) throws IOException {
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        message = RivalProtocol.SIGNALBOX.publish(RivalProtocol.payload(payloadBytes));
        publisher = RivalSockets.dial(address, RivalProtocol.SIGNALBOX.publisher());
    }

    /** @param arguments the port, and bytes of a payload */
    static void main(String[] arguments) throws IOException {
        StormLoad load = new StormLoad(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
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

    private SocketChannel upgraded() throws IOException {
        return RivalSockets.dial(address, List.of(RivalProtocol.upgrade("/ws", "\r\n\r\n")));
    }

    private static String ask(SocketChannel channel, String frame, String until) throws IOException {
        RivalSockets.write(channel, ByteBuffer.wrap(RivalProtocol.text(frame)));
        return RivalSockets.readUntil(channel, until);
    }

    private static String value(String text, String field) {
        String begin = "\"" + field + "\":\"";
        int at = text.indexOf(begin) + begin.length();
        return text.substring(at, text.indexOf('"', at));
    }

    private long[] connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int number = clients.size();
            SocketChannel channel = upgraded();
            String welcome =
                    ask(channel, "{\"type\":\"auth\",\"token\":\"client-" + number + "\",\"resume\":\"new\"}", NEW);
            clients.add(new Client(number, channel, token(welcome)));
            subscribe(channel);
        }
        return new long[] {clients.size()};
    }

    /** It is the only field of this name: the session's id and the client's have others. */
    private static String token(String welcome) {
        return value(welcome, "token");
    }

    private void subscribe(SocketChannel channel) throws IOException {
        String ok = ask(channel, "{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"bench\"}", "\"recovered\"");
        epoch = value(ok, "epoch");
    }

    private long[] storm(int missed) throws IOException {
        for (Client client : clients) {
            // With a linger of none, the connection is reset, as one that breaks.
            client.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.channel.close();
        }
        subscribers.close();
        long seen = published;
        RivalSockets.write(publisher, ByteBuffer.wrap(RivalSockets.repeated(message, missed)));
        published += missed;
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
            subscribe(client.channel);
        }
        return new long[] {back, complete, resumed.get()};
    }

    /** Whether to its old session. */
    private boolean comeBack(Client client, long seen) {
        try {
            SocketChannel channel = upgraded();
            RivalSockets.write(
                    channel,
                    ByteBuffer.wrap(RivalProtocol.text("{\"type\":\"auth\",\"token\":\"client-" + client.number
                            + "\",\"resume\":\"" + client.token + "\",\"seen\":{\"bench\":{\"epoch\":\"" + epoch
                            + "\",\"offset\":" + seen + "}}}")));
            String read = RivalSockets.readUntil(channel, RESUMED, NEW);
            client.channel = channel;
            client.token = token(read);
            boolean isResumed = read.contains(RESUMED);
            if (isResumed) {
                // What it missed may have come with the welcome.
                subscribers.add(channel, ByteBuffer.wrap(read.getBytes(StandardCharsets.ISO_8859_1)));
            }
            return isResumed;
        } catch (IOException e) {
            throw new UncheckedIOException("client " + client.number + " did not come back", e);
        }
    }
}
