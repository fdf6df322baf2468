package dev.signalbox.delivery.webhook;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What both kinds of keys have in common: which bytes are signed, and how keys are written. */
final class SignedContent {
    private SignedContent() {}

    /** {@code id.timestamp.body}, as Standard Webhooks signs it. */
    static byte[] of(String id, long timestamp, byte[] body) {
        byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        byte[] content = new byte[head.length + body.length];
        System.arraycopy(head, 0, content, 0, head.length);
        System.arraycopy(body, 0, content, head.length, body.length);
        return content;
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * The bytes of a key, whose prefix may be absent.
     *
     * @throws IllegalArgumentException in words that do not hold the key
     */
    static byte[] keyBytes(String text, String prefix) {
        try {
            return Base64.getDecoder().decode(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
        } catch (IllegalArgumentException malformed) {
            // The decoder's own message would quote a character of the secret.
            throw malformedKey(prefix, "is not that prefix and base64");
        }
    }

    static IllegalArgumentException malformedKey(String prefix, String problem) {
        return new IllegalArgumentException("the key " + prefix + "… " + problem + "; its value is not shown");
    }
}
