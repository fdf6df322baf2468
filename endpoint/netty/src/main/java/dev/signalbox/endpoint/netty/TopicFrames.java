package dev.signalbox.endpoint.netty;

import dev.signalbox.router.ClientSession.Subscribing.Subscribed;
import dev.signalbox.router.Position;
import dev.signalbox.router.Resumption;
import java.util.List;
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

    /** The server has subscribed the session to a topic. */
    static byte[] joined(String topic, Position after, boolean recovered) {
        return new JsonBytes()
                .raw("{\"type\":\"subscribed\",\"topic\":\"")
                .raw(topic)
                .raw("\",\"epoch\":")
                .uuid(after.epoch())
                .raw(",\"offset\":")
                .number(after.offset())
                .raw(recovered ? ",\"recovered\":true}" : ",\"recovered\":false}")
                .copy();
    }

    /** The server has ended a subscription. */
    static byte[] left(String topic) {
        return new JsonBytes()
                .raw("{\"type\":\"unsubscribed\",\"topic\":\"")
                .raw(topic)
                .raw("\"}")
                .copy();
    }

    static byte[] published(String id, String topic, Position position, boolean repeated) {
        return place(id, topic, position.epoch(), position.offset())
                .raw(repeated ? ",\"repeated\":true}" : "}")
                .copy();
    }

    /** Who subscribes to a topic. */
    static byte[] presence(String id, String topic, List<String> users, int count) {
        JsonBytes json = new JsonBytes()
                .raw("{\"type\":\"ok\",\"id\":")
                .string(id)
                .raw(",\"topic\":\"")
                .raw(topic)
                .raw("\",\"clients\":[");
        String separator = "";
        for (String user : users) {
            json.raw(separator).string(user);
            separator = ",";
        }
        return json.raw("],\"count\":").number(count).raw("}").copy();
    }

    /** The field of a welcome that says how to come back, and what of a resumed session goes on. */
    static void resumption(JsonBytes json, Resumption resumption) {
        json.raw(",\"resume\":{\"token\":")
                .string(resumption.token())
                .raw(",\"within\":")
                .number(resumption.within().toMillis())
                .raw(",\"resumed\":")
                .raw(String.valueOf(resumption.resumed().isPresent()));
        resumption.resumed().ifPresent(resumed -> topics(json, resumed.topics()));
        json.raw("}");
    }

    private static void topics(JsonBytes json, List<Subscribed> topics) {
        String separator = ",\"topics\":[";
        for (Subscribed each : topics) {
            json.raw(separator)
                    .raw("{\"topic\":\"")
                    .raw(each.topic().name())
                    .raw("\",\"epoch\":")
                    .uuid(each.topic().epoch())
                    .raw(",\"offset\":")
                    .number(each.after())
                    .raw(",\"recovered\":")
                    .raw(String.valueOf(each.recovered()))
                    .raw("}");
            separator = ",";
        }
        json.raw(topics.isEmpty() ? ",\"topics\":[]" : "]");
    }

    /** The messages from {@code expected} on, up to the one before {@code next}, are not kept any more. */
    static byte[] gap(String topic, long expected, long next) {
        return gapFields(topic, expected, next).raw("}").copy();
    }

    /** The same if they are left out since newer messages with their keys follow. */
    static byte[] conflated(String topic, long expected, long next) {
        return gapFields(topic, expected, next).raw(",\"conflated\":true}").copy();
    }

    private static JsonBytes gapFields(String topic, long expected, long next) {
        return new JsonBytes()
                .raw("{\"type\":\"gap\",\"topic\":\"")
                .raw(topic)
                .raw("\",\"expected\":")
                .number(expected)
                .raw(",\"next\":")
                .number(next);
    }
}
