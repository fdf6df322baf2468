package dev.signalbox.endpoint.netty;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The frames in protobuf, as {@code clients/proto} has them: which number and type each field has, by its name in JSON. A test holds
 * the two together.
 */
final class GrpcSchema {
    /** Wire types of protobuf. */
    static final int VARINT = 0;

    static final int FIXED_64 = 1;
    static final int LENGTH = 2;
    static final int FIXED_32 = 5;

    /** What the values of a field are. */
    enum Kind {
        TEXT(LENGTH),
        BYTES(LENGTH),
        FLAG(VARINT),
        NUMBER(VARINT),
        MESSAGE(LENGTH),
        TEXTS(LENGTH),
        MESSAGES(LENGTH),
        /** By text: messages if the field has a shape, else texts. */
        MAP(LENGTH);

        private final int wireType;

        Kind(int wireType) {
            this.wireType = wireType;
        }

        int wireType() {
            return wireType;
        }
    }

    /**
     * A field of a message.
     *
     * @param name in JSON
     * @param shape of a message, or of each of several
     */
    record Field(
            String name, int number, Kind kind, @Nullable Shape shape) {
        int tag() {
            return (number << 3) | kind.wireType();
        }
    }

    /** A message. */
    static final class Shape {
        private final List<Field> fields;
        private final Map<String, Field> byName;
        private final @Nullable Field[] byNumber;

        private Shape(Field... fields) {
            this.fields = List.of(fields);
            this.byName = this.fields.stream().collect(Collectors.toMap(Field::name, Function.identity()));
            int highest = this.fields.stream().mapToInt(Field::number).max().orElse(0);
            byNumber = new @Nullable Field[highest + 1];
            for (Field field : fields) {
                byNumber[field.number()] = field;
            }
        }

        List<Field> fields() {
            return fields;
        }

        /** One more than the highest number. */
        int size() {
            return byNumber.length;
        }

        @Nullable
        Field find(String name) {
            return byName.get(name);
        }

        @Nullable
        Field find(long number) {
            return number >= 0 && number < byNumber.length ? byNumber[(int) number] : null;
        }
    }

    private static final Shape NOTHING = new Shape();
    private static final Shape ID = new Shape(text("id", 1));

    /** What a client says. */
    static final Shape CLIENT = new Shape(
            message(
                    "auth",
                    1,
                    text("token", 1),
                    text("resume", 2),
                    new Field("seen", 3, Kind.MAP, new Shape(text("epoch", 1), number("offset", 2)))),
            message(
                    "send",
                    2,
                    text("id", 1),
                    texts("to", 2),
                    text("text", 3),
                    bytes(4),
                    headers(),
                    flag("ack", 6),
                    number("within", 7)),
            message(
                    "request",
                    3,
                    text("id", 1),
                    texts("to", 2),
                    text("text", 3),
                    bytes(4),
                    headers(),
                    number("within", 7)),
            message("reply", 4, text("id", 1), text("text", 3), bytes(4), headers()),
            new Field("ack", 5, Kind.MESSAGE, ID),
            message("nack", 6, text("id", 1), text("reason", 2)),
            message("use", 7, text("id", 1), texts("to", 2)),
            message("subscribe", 8, text("id", 1), text("topic", 2), text("epoch", 3), number("offset", 4)),
            message("unsubscribe", 9, text("id", 1), text("topic", 2)),
            message("presence", 10, text("id", 1), text("topic", 2)),
            message(
                    "publish",
                    11,
                    text("id", 1),
                    text("topic", 2),
                    text("text", 3),
                    bytes(4),
                    headers(),
                    text("key", 6),
                    flag("volatile", 7)),
            new Field("ping", 12, Kind.MESSAGE, ID),
            new Field("pong", 13, Kind.MESSAGE, NOTHING));

    /** What the server says. */
    static final Shape SERVER = new Shape(
            message(
                    "welcome",
                    1,
                    text("client", 1),
                    text("session", 2),
                    message(
                            "limits",
                            3,
                            number("payload", 1),
                            number("frame", 2),
                            number("rate", 3),
                            number("idle", 4)),
                    message(
                            "resume",
                            4,
                            text("token", 1),
                            number("within", 2),
                            flag("resumed", 3),
                            messages(
                                    "topics",
                                    4,
                                    text("topic", 1),
                                    text("epoch", 2),
                                    number("offset", 3),
                                    flag("recovered", 4)))),
            message(
                    "message",
                    2,
                    text("id", 1),
                    text("from", 2),
                    text("text", 3),
                    bytes(4),
                    headers(),
                    flag("ack", 6),
                    number("until", 7),
                    text("topic", 8),
                    number("offset", 9),
                    text("in", 10)),
            message(
                    "request",
                    3,
                    text("id", 1),
                    text("from", 2),
                    text("text", 3),
                    bytes(4),
                    headers(),
                    number("deadline", 6)),
            message("reply", 4, text("id", 1), text("from", 2), text("text", 3), bytes(4), headers()),
            message(
                    "ok",
                    5,
                    text("id", 1),
                    text("message", 2),
                    number("accepted", 3),
                    flag("acked", 4),
                    text("topic", 5),
                    text("epoch", 6),
                    number("offset", 7),
                    flag("recovered", 8),
                    flag("repeated", 9),
                    texts("clients", 10),
                    number("count", 11)),
            message(
                    "error",
                    6,
                    text("id", 1),
                    text("code", 2),
                    text("message", 3),
                    text("target", 4),
                    number("accepted", 5),
                    messages("errors", 6, text("code", 1), text("message", 2), text("target", 3))),
            message("gap", 7, text("topic", 1), number("expected", 2), number("next", 3), flag("conflated", 4)),
            new Field("ping", 8, Kind.MESSAGE, NOTHING),
            new Field("pong", 9, Kind.MESSAGE, ID),
            message("close", 10, number("code", 1), text("reason", 2)),
            message("subscribed", 11, text("topic", 1), text("epoch", 2), number("offset", 3), flag("recovered", 4)),
            message("unsubscribed", 12, text("topic", 1)));

    private GrpcSchema() {}

    private static Field text(String name, int number) {
        return new Field(name, number, Kind.TEXT, null);
    }

    private static Field texts(String name, int number) {
        return new Field(name, number, Kind.TEXTS, null);
    }

    private static Field bytes(int number) {
        return new Field("base64", number, Kind.BYTES, null);
    }

    private static Field number(String name, int number) {
        return new Field(name, number, Kind.NUMBER, null);
    }

    private static Field flag(String name, int number) {
        return new Field(name, number, Kind.FLAG, null);
    }

    private static Field headers() {
        return new Field("headers", 5, Kind.MAP, null);
    }

    private static Field message(String name, int number, Field... fields) {
        return new Field(name, number, Kind.MESSAGE, new Shape(fields));
    }

    private static Field messages(String name, int number, Field... fields) {
        return new Field(name, number, Kind.MESSAGES, new Shape(fields));
    }
}
