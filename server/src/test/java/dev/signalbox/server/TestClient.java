package dev.signalbox.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A WebSocket client that answers each message as its test says: {@code ack}, {@code nack}, or not at all (empty). */
public final class TestClient implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<JsonNode> messages = new CopyOnWriteArrayList<>();
    private final CompletableFuture<JsonNode> welcome = new CompletableFuture<>();
    private final ConcurrentHashMap<String, CompletableFuture<JsonNode>> replies = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder frame = new StringBuilder();
    private final UnaryOperator<String> answer;
    private final WebSocket socket;

    /** Connects, and returns once the server has let it in. {@code answer} makes a frame from a message's id. */
    public TestClient(URI server, String token, UnaryOperator<String> answer) {
        this.answer = answer;
        socket = HTTP.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(server, this)
                .join();
        welcome.join();
    }

    public static String ack(String id) {
        return "{\"type\":\"ack\",\"id\":\"" + id + "\"}";
    }

    public static String nack(String id) {
        return "{\"type\":\"nack\",\"id\":\"" + id + "\",\"reason\":\"not wanted\"}";
    }

    public static String silence(String id) {
        return "";
    }

    /** Asks and waits for the reply, or the error. */
    public JsonNode request(String to, String json) throws Exception {
        String id = "r" + asked.incrementAndGet();
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        replies.put(id, reply);
        String frame = "{\"type\":\"request\",\"id\":\"" + id + "\",\"to\":\"" + to + "\",\"json\":" + json + "}";
        socket.sendText(frame, true).join();
        return reply.get(20, TimeUnit.SECONDS);
    }

    /** What answers the frame of this id that is sent next. */
    public CompletableFuture<JsonNode> answer(String id) {
        return replies.computeIfAbsent(id, each -> new CompletableFuture<>());
    }

    /** Sends without waiting for anything. */
    public void send(String to, String json) {
        socket.sendText("{\"type\":\"send\",\"to\":\"" + to + "\",\"json\":" + json + "}", true)
                .join();
    }

    /** Sends a frame as it is. */
    public void say(String text) {
        socket.sendText(text, true).join();
    }

    /** The code by which the server closed the connection, once it has. */
    public CompletableFuture<Integer> closed() {
        return closed;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return CompletableFuture.completedStage(null);
    }

    /** What came so far. */
    public List<JsonNode> messages() {
        return messages;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        frame.append(part);
        CompletionStage<?> handled = last ? handle(from) : CompletableFuture.completedStage(null);
        return handled.thenRun(() -> from.request(1));
    }

    private CompletionStage<?> handle(WebSocket from) {
        JsonNode received = JsonMapper.shared().readTree(frame.toString());
        frame.setLength(0);
        if (received.path("type").asString().equals("welcome")) {
            welcome.complete(received);
        }
        CompletableFuture<JsonNode> waiting = replies.remove(received.path("id").asString(""));
        if (waiting != null) {
            waiting.complete(received);
        }
        if (!received.path("type").asString().equals("message")) {
            return CompletableFuture.completedStage(null);
        }
        messages.add(received);
        if (!received.path("ack").asBoolean(false)) {
            return CompletableFuture.completedStage(null);
        }
        String reply = answer.apply(received.path("id").asString());
        return reply.isEmpty() ? CompletableFuture.completedStage(null) : from.sendText(reply, true);
    }

    /** Breaks the connection, as a network does. */
    @Override
    public void close() {
        socket.abort();
    }
}
