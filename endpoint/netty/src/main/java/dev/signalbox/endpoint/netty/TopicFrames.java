package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Position;
import java.util.UUID;

/** The JSON frames about topics that the server sends; see docs/protocol.md. */
final class TopicFrames {
    private TopicFrames() {}

    private static JsonBytes place(String id, String topic, UUID epoch, long offset) {
        return new JsonBytes()
                .raw("{\"type\":\"ok\",\"id\":")
                .string(id)
                .raw(",\"topic\":\"")
                .raw(topic)
                .raw("\",\"epoch\":")
                .uuid(epoch)
                .raw(",\"offset\":")
                .number(offset);
    }

    /** Messages follow from the one after {@code after} on. */
    static byte[] subscribed(String id, String topic, Position after, boolean recovered) {
        return place(id, topic, after.epoch(), after.offset())
                .raw(recovered ? ",\"recovered\":true}" : ",\"recovered\":false}")
                .copy();
    }

    static byte[] published(String id, String topic, Position position, boolean repeated) {
        return place(id, topic, position.epoch(), position.offset())
                .raw(repeated ? ",\"repeated\":true}" : "}")
                .copy();
    }

    /** The messages from {@code expected} on, up to the one before {@code next}, are not kept any more. */
    static byte[] gap(String topic, long expected, long next) {
        return new JsonBytes()
                .raw("{\"type\":\"gap\",\"topic\":\"")
                .raw(topic)
                .raw("\",\"expected\":")
                .number(expected)
                .raw(",\"next\":")
                .number(next)
                .raw("}")
                .copy();
    }
}
