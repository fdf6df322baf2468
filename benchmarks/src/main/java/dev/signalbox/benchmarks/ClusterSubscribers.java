package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * WebSocket clients in a process of their own: each is in one room, and counts what comes and how long that took. Asked {@code await N}, it says
 * how many have come as soon as these are N, or after 30 s; asked {@code times}, the 50th and the 99th percentile since the last time, in
 * nanoseconds; asked {@code reset}, it forgets all.
 */
final class ClusterSubscribers {
    static final int IN_A_ROOM = 5;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int DIGITS = 19;
    /** Of more than these, the times are not kept. */
    private static final int MOST_TIMES = 1_000_000;

    /** How a client connects, and how it enters a room. */
    enum Protocol {
        SIGNALBOX("", "?access_token="),
        SOCKET_IO("/socket.io/?EIO=4&transport=websocket&client=", ""),
        CENTRIFUGO("/connection/websocket?client=", "");

        private final String path;
        private final String query;

        Protocol(String path, String query) {
            this.path = path;
            this.query = query;
        }

        private URI uri(String base, String client) {
            return URI.create(base + path + query + client);
        }

        private Optional<String> opening() {
            return this == CENTRIFUGO ? Optional.of("{\"id\":1,\"connect\":{}}") : Optional.empty();
        }

        /** What a client answers to a frame that is not of a room. */
        private Optional<String> answer(String frame, String room) {
            return switch (this) {
                case SIGNALBOX ->
                    answerIf(
                            frame.contains("\"type\":\"welcome\""),
                            "{\"type\":\"subscribe\",\"id\":\"1\",\"topic\":\"" + room + "\"}");
                case SOCKET_IO ->
                    switch (frame.substring(0, Math.min(2, frame.length()))) {
                        case "0{" -> Optional.of("40");
                        case "40" -> Optional.of("42[\"join\",\"" + room + "\"]");
                        case "2" -> Optional.of("3");
                        default -> Optional.empty();
                    };
                case CENTRIFUGO ->
                    frame.equals("{}")
                            ? Optional.of("{}")
                            : answerIf(
                                    frame.contains("\"id\":1,"),
                                    "{\"id\":2,\"subscribe\":{\"channel\":\"" + room + "\"}}");
            };
        }

        private static Optional<String> answerIf(boolean condition, String answer) {
            return condition ? Optional.of(answer) : Optional.empty();
        }

        /** Whether this frame says that the client is in its room. */
        private boolean isJoined(String frame) {
            return frame.contains(
                    switch (this) {
                        case SIGNALBOX -> "\"type\":\"ok\"";
                        case SOCKET_IO -> "[\"joined\"";
                        case CENTRIFUGO -> "\"id\":2,\"subscribe\"";
                    });
        }
    }

    private final List<Long> times = new ArrayList<>();
    private long counted;

    /** The protocol, and where to connect. */
    static void main(String[] arguments) throws IOException {
        ClusterSubscribers all = new ClusterSubscribers();
        Protocol protocol = Protocol.valueOf(arguments[0]);
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (int i = 0; i < IN_A_ROOM * ClusterBenchmark.ROOMS; i++) {
                Subscriber subscriber = all.new Subscriber(protocol, ClusterSystem.room(i));
                http.newWebSocketBuilder()
                        .buildAsync(protocol.uri(arguments[1], "client-" + i), subscriber)
                        .join();
                subscriber.joined.orTimeout(30, TimeUnit.SECONDS).join();
            }
            System.out.println("ready");
            all.answerAll();
        }
    }

    private void answerAll() throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "await" -> System.out.println(await(Long.parseLong(words[1])));
                case "times" -> System.out.println(takeTimes());
                default -> System.out.println(reset());
            }
        }
        System.exit(0);
    }

    private long await(long expected) {
        long start = System.nanoTime();
        while (count() < expected && System.nanoTime() - start < PATIENCE_NANOS) {
            LockSupport.parkNanos(20_000);
        }
        return count();
    }

    private synchronized long count() {
        return counted;
    }

    private synchronized String takeTimes() {
        Collections.sort(times);
        String taken = at(0.50) + " " + at(0.99);
        times.clear();
        return taken;
    }

    private long at(double part) {
        return times.get((int) Math.ceil(part * (times.size() - 1)));
    }

    private synchronized String reset() {
        times.clear();
        counted = 0;
        return "reset";
    }

    private synchronized void came(long sentAt) {
        counted++;
        if (times.size() < MOST_TIMES) {
            times.add(System.nanoTime() - sentAt);
        }
    }

    private final class Subscriber implements WebSocket.Listener {
        private final Protocol protocol;
        private final String room;
        private final StringBuilder frame = new StringBuilder();
        private final CompletableFuture<Boolean> joined = new CompletableFuture<>();

        Subscriber(Protocol protocol, String room) {
            this.protocol = protocol;
            this.room = room;
        }

        @Override
        public void onOpen(WebSocket socket) {
            protocol.opening().ifPresent(first -> {
                var _ = socket.sendText(first, true);
            });
            socket.request(1);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            frame.append(part);
            CompletionStage<?> answered = CompletableFuture.completedStage(null);
            if (last) {
                String whole = frame.toString();
                frame.setLength(0);
                answered = handle(socket, whole);
            }
            return answered.thenRun(() -> socket.request(1));
        }

        private CompletionStage<?> handle(WebSocket socket, String whole) {
            for (int at = whole.indexOf(ClusterSystem.MARK); at >= 0; at = whole.indexOf(ClusterSystem.MARK, at + 1)) {
                int begin = at + ClusterSystem.MARK.length();
                came(Long.parseLong(whole.substring(begin, begin + DIGITS)));
            }
            if (protocol.isJoined(whole)) {
                joined.complete(true);
            }
            return protocol.answer(whole, room)
                    .<CompletionStage<?>>map(answer -> socket.sendText(answer, true))
                    .orElseGet(() -> CompletableFuture.completedStage(null));
        }
    }
}
