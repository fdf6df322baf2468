package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Address;
import dev.signalbox.router.Draft;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Position;
import dev.signalbox.router.SessionStart;
import dev.signalbox.router.TopicStart;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** Reads one command in JSON. The fields may come in any order; those it does not know are passed over. */
final class FrameReader {
    /** Buffers are a thread's own: frames are read by event loops, of which there are few. */
    static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();

    private static final int MAX_ID = 64;
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

    private @Nullable String type;
    private @Nullable String id;
    private @Nullable String token;
    private @Nullable String reason;
    private @Nullable String resume;
    private Map<String, Position> seen = Map.of();
    private Address.@Nullable Topic topic;
    private @Nullable UUID epoch;
    private @Nullable Long offset;
    private @Nullable String key;
    private @Nullable Payload payload;
    private List<Address> to = List.of();
    private Map<String, String> headers = Map.of();
    private boolean ack;
    private boolean isVolatile;
    private Duration within = DEFAULT_WAIT;

    private FrameReader() {}

    /**
     * Reads the object that {@code parser} stands at the beginning of. Without {@code to}, a draft is for {@code defaults}.
     *
     * @throws JacksonException if it is not JSON: there is no telling what the client is
     * @throws MalformedFrameException if it is, but not one of ours; the parser then stands somewhere in it
     */
    static ClientFrame read(JsonParser parser, List<Address> defaults) throws MalformedFrameException {
        FrameReader reader = new FrameReader();
        reader.to = defaults;
        try {
            reader.object(parser);
        } catch (IllegalArgumentException e) {
            throw reader.malformed(String.valueOf(e.getMessage()));
        }
        return reader.frame();
    }

    private MalformedFrameException malformed(String message) {
        return new MalformedFrameException(id, message);
    }

    private void object(JsonParser parser) throws MalformedFrameException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw malformed("a frame is a JSON object");
        }
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            field(name, parser);
        }
    }

    private void field(String name, JsonParser parser) throws MalformedFrameException {
        switch (name) {
            case "type" -> type = string(name, parser);
            case "id" -> id = id(name, string(name, parser));
            case "to" -> to = targets(parser);
            case "text" -> payload(Payload.text(string(name, parser)));
            case "json" -> json(parser);
            case "base64" -> payload(binary(name, parser));
            case "headers" -> headers(parser);
            case "ack" -> ack = bool(name, parser);
            case "within" ->
                within = Duration.ofMillis(whole(name, parser, 1, "a whole number of milliseconds above zero"));
            case "topic" -> topic = Address.topic(string(name, parser));
            case "epoch" -> epoch = uuid(name, string(name, parser));
            case "offset" -> offset = whole(name, parser, 0, "a whole number from 0 on");
            case "key" -> key = id(name, string(name, parser));
            case "volatile" -> isVolatile = bool(name, parser);
            case "token" -> token = string(name, parser);
            case "resume" -> resume = string(name, parser);
            case "seen" -> seen(parser);
            case "reason" -> reason = string(name, parser);
            default -> parser.skipChildren();
        }
    }

    private String string(String name, JsonParser parser) throws MalformedFrameException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw malformed("\"" + name + "\" must be a string");
        }
        return parser.getString();
    }

    private String id(String name, String given) throws MalformedFrameException {
        if (given.isEmpty() || given.length() > MAX_ID) {
            throw malformed("\"" + name + "\" has 1 to " + MAX_ID + " characters");
        }
        return given;
    }

    private boolean bool(String name, JsonParser parser) throws MalformedFrameException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw malformed("\"" + name + "\" must be true or false");
        };
    }

    private long whole(String name, JsonParser parser, long least, String what) throws MalformedFrameException {
        boolean isLong = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (!isLong || parser.getLongValue() < least) {
            throw malformed("\"" + name + "\" must be " + what);
        }
        return parser.getLongValue();
    }

    private List<Address> targets(JsonParser parser) throws MalformedFrameException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return List.of(Address.parse(string("to", parser)));
        }
        List<Address> targets = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            targets.add(Address.parse(string("to", parser)));
        }
        return targets;
    }

    private void payload(Payload given) throws MalformedFrameException {
        if (payload != null) {
            throw malformed("give only one of \"text\", \"json\" and \"base64\"");
        }
        payload = given;
    }

    private Payload binary(String name, JsonParser parser) throws MalformedFrameException {
        string(name, parser);
        try {
            return Payload.binary(parser.getBinaryValue());
        } catch (JacksonException e) {
            throw malformed("\"base64\" is not Base64");
        }
    }

    /** Any JSON value, passed on as text. */
    private void json(JsonParser parser) throws MalformedFrameException {
        StringWriter copy = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), copy)) {
            generator.copyCurrentStructure(parser);
        }
        payload(Payload.text(copy.toString()));
        header("content-type", "application/json");
    }

    private void headers(JsonParser parser) throws MalformedFrameException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw malformed("\"headers\" must be an object of strings");
        }
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            header(name, string("headers", parser));
        }
    }

    /** Places by topic. */
    private void seen(JsonParser parser) throws MalformedFrameException {
        seen = new HashMap<>();
        expectObject("seen", parser);
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            seen.put(name, position(parser));
        }
    }

    private Position position(JsonParser parser) throws MalformedFrameException {
        UUID life = null;
        Long place = null;
        expectObject("seen", parser);
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            switch (name) {
                case "epoch" -> life = uuid(name, string(name, parser));
                case "offset" -> place = whole(name, parser, 0, "a whole number from 0 on");
                default -> parser.skipChildren();
            }
        }
        if (life == null || place == null) {
            throw malformed("\"seen\" must give \"epoch\" and \"offset\" for each topic");
        }
        return new Position(life, place);
    }

    private void expectObject(String name, JsonParser parser) throws MalformedFrameException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw malformed("\"" + name + "\" must be an object");
        }
    }

    private void header(String name, String value) {
        if (headers.isEmpty()) {
            headers = new HashMap<>();
        }
        headers.put(name, value);
    }

    private ClientFrame frame() throws MalformedFrameException {
        if (type == null) {
            throw malformed("\"type\" is missing");
        }
        return switch (type) {
            case "send" ->
                ack ? new ClientFrame.SendAcknowledged(id, draft(), within) : new ClientFrame.Send(id, draft());
            case "request" -> new ClientFrame.Request(required("id", id), draft(), within);
            case "reply" -> new ClientFrame.Reply(uuid(), requiredPayload(), headers);
            case "ack" -> new ClientFrame.Ack(uuid());
            case "nack" -> new ClientFrame.Nack(uuid(), reason == null ? "no reason given" : reason);
            case "use" -> new ClientFrame.Use(id, to);
            case "subscribe" -> new ClientFrame.Subscribe(required("id", id), requiredTopic(), start());
            case "unsubscribe" -> new ClientFrame.Unsubscribe(id, requiredTopic());
            case "presence" -> new ClientFrame.Presence(required("id", id), requiredTopic());
            case "publish" -> publish();
            case "ping" -> new ClientFrame.Ping(id);
            case "pong" -> new ClientFrame.Pong();
            case "auth" -> new ClientFrame.Auth(required("token", token), sessionStart());
            default -> throw malformed("there is no frame of this \"type\"; see the protocol");
        };
    }

    private Draft draft() throws MalformedFrameException {
        if (to.isEmpty()) {
            throw malformed("\"to\" is missing, and no default was set with a \"use\" frame");
        }
        return new Draft(to, requiredPayload(), headers);
    }

    private Payload requiredPayload() throws MalformedFrameException {
        if (payload == null) {
            throw malformed("one of \"text\", \"json\" and \"base64\" is missing");
        }
        return payload;
    }

    private String required(String name, @Nullable String value) throws MalformedFrameException {
        if (value == null) {
            throw malformed("\"" + name + "\" is missing");
        }
        return value;
    }

    private Address.Topic requiredTopic() throws MalformedFrameException {
        if (topic == null) {
            throw malformed("\"topic\" is missing");
        }
        return topic;
    }

    private ClientFrame publish() throws MalformedFrameException {
        Address.Topic target = requiredTopic();
        Draft draft = new Draft(List.of(target), requiredPayload(), headers);
        if (isVolatile && key != null) {
            throw malformed("a volatile message has no \"key\": nothing of it is kept to know a repetition by");
        }
        return isVolatile
                ? new ClientFrame.PublishVolatile(id, target, draft)
                : new ClientFrame.Publish(id, target, draft, Optional.ofNullable(key));
    }

    private TopicStart start() throws MalformedFrameException {
        if (epoch != null && offset != null) {
            return new TopicStart.After(new Position(epoch, offset));
        }
        if (epoch != null || (offset != null && offset != 0)) {
            throw malformed(
                    "\"epoch\" and \"offset\" belong together; without an epoch, only the offset 0 makes sense");
        }
        return offset == null ? new TopicStart.Now() : new TopicStart.Oldest();
    }

    private Optional<SessionStart> sessionStart() {
        return Optional.ofNullable(resume).map(given -> SessionStart.parse(given, seen));
    }

    private UUID uuid() throws MalformedFrameException {
        return uuid("id", required("id", id));
    }

    private UUID uuid(String name, String given) throws MalformedFrameException {
        try {
            return UUID.fromString(given);
        } catch (IllegalArgumentException e) {
            throw malformed("\"" + name + "\" must be a UUID that the server told");
        }
    }
}
