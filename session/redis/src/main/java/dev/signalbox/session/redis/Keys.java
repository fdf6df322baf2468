package dev.signalbox.session.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.session.bus.SessionStore.GroupKey;

/**
 * The names of a namespace's keys. All have the same hash tag, so that on a cluster they live in one slot, where a script may
 * use them together.
 */
final class Keys {
    private final String prefix;
    final byte[] heads;
    final byte[] ages;
    final String channel;
    final String streams;
    final String groupLists;
    final String groups;

    Keys(String namespace) {
        prefix = "{" + namespace + "}:";
        heads = bytes(prefix + "heads");
        ages = bytes(prefix + "ages");
        channel = prefix + "changed";
        streams = prefix + "stream:";
        groupLists = prefix + "groups:";
        groups = prefix + "group:";
    }

    byte[] stream(String session) {
        return bytes(streams + session);
    }

    byte[] groupList(String session) {
        return bytes(groupLists + session);
    }

    /** Part is {@code tries}, {@code held} or {@code free}. Names have no blanks. */
    byte[] group(GroupKey key, String part) {
        return bytes(groups + key.session() + " " + key.group() + " " + part);
    }

    byte[] batches(long minute) {
        return bytes(prefix + "batches:" + minute);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }

    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    static long number(byte[] bytes) {
        return Long.parseLong(text(bytes));
    }
}
