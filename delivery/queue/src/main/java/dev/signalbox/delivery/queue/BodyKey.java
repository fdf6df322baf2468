package dev.signalbox.delivery.queue;

import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that bodies are encrypted with, and the name that stands beside what it encrypted.
 *
 * @param id 1 to 32 lower-case letters, digits, hyphens and underscores, beginning with a letter or digit
 * @param key of 256 bits, for AES
 */
public record BodyKey(String id, SecretKey key) {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");
    private static final int BYTES = 32;

    public BodyKey {
        Limits.check(
                ID.matcher(id).matches(),
                "body key's id",
                "must be 1 to 32 lower-case letters, digits, hyphens and underscores");
        byte[] encoded = key.getEncoded(); // null for a key that a security module does not give away
        Limits.check(encoded == null || encoded.length == BYTES, "body key '" + id + "'", "must have 256 bits");
    }

    /**
     * Reads {@code ID:KEY}, where the key is 32 bytes in Base64, as {@code openssl rand -base64 32} writes it.
     *
     * @throws IllegalArgumentException if it is not that; the message does not hold the key
     */
    public static BodyKey parse(String text) {
        int colon = text.indexOf(':');
        Limits.check(
                colon > 0, "body key", "must be ID:KEY, such as 2026-01: and the output of openssl rand -base64 32");
        return new BodyKey(text.substring(0, colon), new SecretKeySpec(decoded(text.substring(colon + 1)), "AES"));
    }

    private static byte[] decoded(String base64) {
        byte[] bytes =
                base64.matches("[A-Za-z0-9+/]{43}=") ? Base64.getDecoder().decode(base64) : new byte[0];
        Limits.check(bytes.length == BYTES, "body key", "must be 32 bytes in Base64");
        return bytes;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "BodyKey[" + id + "]";
    }
}
