package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Position;
import dev.signalbox.testing.contract.TestClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Speaks docs/protocol.md over the JDK's WebSocket, which shares no code with the endpoint. */
final class JdkWebSocketClient implements TestClient, WebSocket.Listener {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Integer, CloseReason> REASONS = Arrays.stream(CloseReason.values())
            .collect(Collectors.toMap(reason -> CloseCode.of(reason).code(), reason -> reason));

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> binaries = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private volatile boolean reading = true;
    private volatile @Nullable Throwable failure;

    JdkWebSocketClient(HttpClient http, URI address, Optional<String> token) {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10));
        token.ifPresent(value -> builder.header("Authorization", "Bearer " + value));
        socket = builder.buildAsync(address, this).join();
    }

    @Override
    public void onOpen(WebSocket opened) {
        opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            event(JSON.readTree(partial.toString()));
            partial.setLength(0);
        }
        more(from);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        binaries.add(bytes);
        more(from);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer data) {
        more(from);
        return null;
    }

    private void more(WebSocket from) {
        if (reading) {
            from.request(1);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        events.add(new Event.Closed(REASONS.getOrDefault(code, CloseReason.FAILED)));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        failure = error;
    }

    private void event(JsonNode frame) {
        switch (frame.get("type").asString()) {
            case "welcome" -> events.add(new Event.Welcome(frame.get("client").asString()));
            case "message" -> events.add(message(frame));
            case "gap" ->
                events.add(new Event.Gap(
                        topic(frame),
                        frame.get("expected").asLong(),
                        frame.get("next").asLong()));
            case "request" -> events.add(new Event.Asked(id(frame), from(frame), payload(frame)));
            case "reply" -> events.add(new Event.Replied(frame.get("id").asString(), from(frame), payload(frame)));
            case "ok", "pong" -> events.add(ok(frame));
            case "error" ->
                events.add(new Event.Failed(
                        Optional.ofNullable(frame.get("id")).map(JsonNode::asString),
                        frame.get("code").asString(),
                        frame.get("message").asString()));
            default -> throw new AssertionError("the protocol has no frame like " + frame);
        }
    }

    private static Event message(JsonNode frame) {
        return frame.has("topic")
                ? new Event.Published(topic(frame), frame.get("offset").asLong(), payload(frame))
                : new Event.Incoming(id(frame), from(frame), payload(frame), frame.has("ack"));
    }

    private static Event ok(JsonNode frame) {
        String id = frame.get("id").asString();
        if (frame.has("recovered")) {
            return new Event.Subscribed(
                    id,
                    UUID.fromString(frame.get("epoch").asString()),
                    frame.get("offset").asLong(),
                    frame.get("recovered").asBoolean());
        }
        return frame.has("topic")
                ? new Event.Placed(id, frame.get("offset").asLong(), frame.has("repeated"))
                : new Event.Ok(id);
    }

    private static String topic(JsonNode frame) {
        return frame.get("topic").asString();
    }

    private static UUID id(JsonNode frame) {
        return UUID.fromString(frame.get("id").asString());
    }

    private static String from(JsonNode frame) {
        return frame.get("from").asString();
    }

    private static Payload payload(JsonNode frame) {
        return frame.has("text")
                ? Payload.text(frame.get("text").asString())
                : Payload.binary(Base64.getDecoder().decode(frame.get("base64").asString()));
    }

    private static ObjectNode frame(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static ObjectNode put(ObjectNode frame, Payload payload) {
        return switch (payload) {
            case Payload.Text text -> frame.put("text", text.value());
            case Payload.Binary binary -> frame.put("base64", binary.toByteArray());
        };
    }

    private void write(ObjectNode frame) {
        write(frame.toString());
    }

    void write(String text) {
        try {
            socket.sendText(text, true).join();
        } catch (CompletionException e) {
            // The server may have hung up meanwhile; the test sees that in the events.
            events.add(new Event.Closed(CloseReason.GONE));
        }
    }

    void writeBinary(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    /** The next raw binary frame, in hexadecimal. */
    String nextBinary() {
        return HexFormat.of().formatHex(poll(binaries));
    }

    @Override
    public void authenticate(String token) {
        write(frame("auth").put("token", token));
    }

    @Override
    public void send(Optional<String> id, List<String> to, Payload payload) {
        ObjectNode frame = put(frame("send"), payload);
        id.ifPresent(value -> frame.put("id", value));
        to.forEach(frame.putArray("to")::add);
        write(frame);
    }

    @Override
    public void sendAcknowledged(String id, String to, Payload payload, Duration within) {
        write(put(frame("send"), payload)
                .put("id", id)
                .put("to", to)
                .put("ack", true)
                .put("within", within.toMillis()));
    }

    @Override
    public void request(String id, String to, Payload payload, Duration within) {
        write(put(frame("request"), payload).put("id", id).put("to", to).put("within", within.toMillis()));
    }

    @Override
    public void reply(UUID request, Payload payload) {
        write(put(frame("reply"), payload).put("id", request.toString()));
    }

    @Override
    public void acknowledge(UUID message) {
        write(frame("ack").put("id", message.toString()));
    }

    @Override
    public void refuse(UUID message, String reason) {
        write(frame("nack").put("id", message.toString()).put("reason", reason));
    }

    @Override
    public void subscribe(String id, String topic, Optional<Position> from) {
        ObjectNode frame = frame("subscribe").put("id", id).put("topic", topic);
        from.ifPresent(
                position -> frame.put("epoch", position.epoch().toString()).put("offset", position.offset()));
        write(frame);
    }

    @Override
    public void unsubscribe(String id, String topic) {
        write(frame("unsubscribe").put("id", id).put("topic", topic));
    }

    @Override
    public void publish(String id, String topic, Payload payload, Optional<String> key) {
        ObjectNode frame = put(frame("publish"), payload).put("id", id).put("topic", topic);
        key.ifPresent(value -> frame.put("key", value));
        write(frame);
    }

    @Override
    public void sendRubbish() {
        write("{\"type\":\"send\", to: nobody");
    }

    @Override
    public void stopReading() {
        reading = false;
    }

    @Override
    public void startReading() {
        reading = true;
        socket.request(1);
    }

    @Override
    public Event next() {
        return poll(events);
    }

    private <T> T poll(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(10, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came within 10 s", failure);
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        if (!socket.isOutputClosed()) {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                    .exceptionally(failure -> socket)
                    .join();
        }
    }
}
