package dev.signalbox.server.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of the demo: connects over WebSocket, acknowledges every message, and remembers their ids, so that it can be
 * checked afterwards that nothing came twice or by two ways.
 */
final class DemoClient implements WebSocket.Listener, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final StringBuilder frame = new StringBuilder();
    private final Set<String> received = ConcurrentHashMap.newKeySet();
    private final LongAdder repeated = new LongAdder();
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final WebSocket socket;

    DemoClient(HttpClient http, URI server, String token) {
        socket = http.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(server, this)
                .join();
    }

    Set<String> received() {
        return received;
    }

    /** How many messages came more than once. */
    long repeated() {
        return repeated.sum();
    }

    /** The next frame is asked for when this one is done with, since only one acknowledgement may be on its way at a time. */
    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        frame.append(part);
        CompletionStage<?> handled = last ? handle(from) : CompletableFuture.completedStage(null);
        return handled.thenRun(() -> from.request(1));
    }

    private CompletionStage<?> handle(WebSocket from) {
        JsonNode message = JSON.readTree(frame.toString());
        frame.setLength(0);
        if (message.path("from").asString("").equals("logic:llm")) {
            hear(JSON.readTree(message.path("text").asString()));
        }
        return message.path("ack").asBoolean(false)
                ? acknowledge(from, message.path("id").asString())
                : CompletableFuture.completedStage(null);
    }

    /** Asks the language model and waits for its whole answer, 30 seconds at most. */
    String ask(String question) {
        var frame = JSON.createObjectNode()
                .put("type", "send")
                .put("to", "logic:llm")
                .put("text", question);
        socket.sendText(frame.toString(), true).join();
        return answer.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private void hear(JsonNode said) {
        switch (said.path("type").asString()) {
            case "done" -> answer.complete(said.path("text").asString());
            case "error" -> answer.completeExceptionally(new IllegalStateException(said.toString()));
            default -> {} // a piece, which is in the whole again
        }
    }

    private CompletionStage<?> acknowledge(WebSocket to, String id) {
        if (!received.add(id)) {
            repeated.increment();
        }
        return to.sendText("{\"type\":\"ack\",\"id\":\"" + id + "\"}", true);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
