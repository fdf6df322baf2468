package dev.signalbox.delivery.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * By what a batch that is offered again is recognised: the SHA-256 of its messages, in their order. Left out is what may differ
 * although a caller means the same messages: their ids and traces, which are often made anew, and when they expire, which is often
 * counted from now. Each value has its length in front, so that no two lists of values read alike.
 */
final class BatchDigest {
    private final MessageDigest digest;

    private BatchDigest(MessageDigest digest) {
        this.digest = digest;
    }

    /**
     * The digest of messages, in hexadecimal digits.
     *
     * @param withBodies false where bodies are removed from the database: from a digest one could find out what a short one was
     */
    static String of(List<Reach> messages, boolean withBodies) {
        BatchDigest all = new BatchDigest(sha256());
        messages.forEach(message -> all.add(message, withBodies));
        return HexFormat.of().formatHex(all.digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing in this JVM", e);
        }
    }

    private void add(Reach message, boolean withBodies) {
        add(Rows.write(message.steps()));
        add(withBodies ? message.body() : "");
        add(message.headers());
        add(message.dedupeKey());
        add(message.dedupeWindow());
        add(message.priority());
        add(message.at());
        add(message.expiresAt().isPresent() ? 1 : 0);
        add(message.maxAttempts());
        add(message.recipientTime().timeZone());
        add(message.recipientTime().quietHours());
        add(message.labels().tags().size());
        message.labels().tags().forEach(this::add);
        add(message.labels().metadata());
    }

    private void add(int number) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
    }

    private void add(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        add(bytes.length);
        digest.update(bytes);
    }

    private void add(Optional<?> value) {
        add(value.isPresent() ? 1 : 0);
        value.ifPresent(it -> add(it.toString()));
    }

    private void add(Map<String, String> values) {
        add(values.size());
        new TreeMap<>(values).forEach((name, value) -> {
            add(name);
            add(value);
        });
    }
}
