package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Position;
import dev.signalbox.testing.contract.TestClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Speaks the JSON of docs/protocol.md, over whatever a subclass brings. It shares no code with the endpoint. */
abstract class ProtocolClient implements TestClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<Integer, CloseReason> REASONS = Arrays.stream(CloseReason.values())
            .collect(Collectors.toMap(reason -> CloseCode.of(reason).code(), reason -> reason));

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile @Nullable Throwable failure;

    /** Sends a JSON object. */
    abstract void write(String text);

    final void failed(Throwable error) {
        failure = error;
    }

    final void closed(CloseReason reason) {
        events.add(new Event.Closed(reason));
    }

    final void closed(int code) {
        closed(REASONS.getOrDefault(code, CloseReason.FAILED));
    }

    /** What came. */
    final void frame(String text) {
        event(JSON.readTree(text));
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
            case "subscribed" ->
                events.add(new Event.Joined(topic(frame), frame.path("offset").asLong(0)));
            case "unsubscribed" -> events.add(new Event.Left(topic(frame)));
            case "request" -> events.add(new Event.Asked(id(frame), from(frame), payload(frame)));
            case "reply" -> events.add(new Event.Replied(frame.get("id").asString(), from(frame), payload(frame)));
            case "ok", "pong" -> events.add(ok(frame));
            case "error" ->
                events.add(new Event.Failed(
                        Optional.ofNullable(frame.get("id")).map(JsonNode::asString),
                        frame.get("code").asString(),
                        frame.get("message").asString()));
            case "close" -> closed(frame.get("code").asInt());
            case "ping" -> write("{\"type\":\"pong\"}");
            case "open" -> opened(frame);
            default -> throw new AssertionError("the protocol has no frame like " + frame);
        }
    }

    private static Event message(JsonNode frame) {
        return frame.has("topic")
                ? new Event.Published(topic(frame), frame.path("offset").asLong(0), payload(frame))
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

    private static ObjectNode command(String type) {
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

    /** What some transports begin with. */
    void opened(JsonNode frame) {
        throw new AssertionError("not here: " + frame);
    }

    @Override
    public final void authenticate(String token) {
        write(command("auth").put("token", token));
    }

    @Override
    public final void send(Optional<String> id, List<String> to, Payload payload) {
        ObjectNode frame = put(command("send"), payload);
        id.ifPresent(value -> frame.put("id", value));
        to.forEach(frame.putArray("to")::add);
        write(frame);
    }

    @Override
    public final void sendAcknowledged(String id, String to, Payload payload, Duration within) {
        write(put(command("send"), payload)
                .put("id", id)
                .put("to", to)
                .put("ack", true)
                .put("within", within.toMillis()));
    }

    @Override
    public final void request(String id, String to, Payload payload, Duration within) {
        write(put(command("request"), payload).put("id", id).put("to", to).put("within", within.toMillis()));
    }

    @Override
    public final void reply(UUID request, Payload payload) {
        write(put(command("reply"), payload).put("id", request.toString()));
    }

    @Override
    public final void acknowledge(UUID message) {
        write(command("ack").put("id", message.toString()));
    }

    @Override
    public final void refuse(UUID message, String reason) {
        write(command("nack").put("id", message.toString()).put("reason", reason));
    }

    @Override
    public final void subscribe(String id, String topic, Optional<Position> from) {
        ObjectNode frame = command("subscribe").put("id", id).put("topic", topic);
        from.ifPresent(
                position -> frame.put("epoch", position.epoch().toString()).put("offset", position.offset()));
        write(frame);
    }

    @Override
    public final void unsubscribe(String id, String topic) {
        write(command("unsubscribe").put("id", id).put("topic", topic));
    }

    @Override
    public final void publish(String id, String topic, Payload payload, Optional<String> key) {
        ObjectNode frame = put(command("publish"), payload).put("id", id).put("topic", topic);
        key.ifPresent(value -> frame.put("key", value));
        write(frame);
    }

    @Override
    public final void publishVolatile(String id, String topic, Payload payload) {
        write(put(command("publish"), payload).put("id", id).put("topic", topic).put("volatile", true));
    }

    @Override
    public final void sendRubbish() {
        write("{\"type\":\"send\", to: nobody");
    }

    /** What has come and was not looked at yet. */
    final Optional<Event> seen() {
        return Optional.ofNullable(events.poll());
    }

    @Override
    public final Event next() {
        return poll(events);
    }

    final <T> T poll(BlockingQueue<T> queue) {
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
}
