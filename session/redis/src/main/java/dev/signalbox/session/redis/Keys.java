package dev.signalbox.session.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The names of a namespace's keys. All have the same hash tag, so that on a cluster they live in one slot, where a script may
 * use them together.
 */
final class Keys {
    private final String prefix;
    final byte[] heads;
    final byte[] ages;
    final byte[] names;
    final String channel;
    final String streams;
    final String groups;

    Keys(String namespace) {
        prefix = "{" + namespace + "}:";
        heads = bytes(prefix + "heads");
        ages = bytes(prefix + "ages");
        names = bytes(prefix + "names");
        channel = prefix + "changed";
        streams = prefix + "stream:";
        groups = prefix + "groups:";
    }

    byte[] stream(String session) {
        return bytes(streams + session);
    }

    byte[] groups(String session) {
        return bytes(groups + session);
    }

    /** @param id in hexadecimal digits */
    byte[] batch(String id) {
        return bytes(prefix + "batch:" + id);
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
