package dev.signalbox.server.rest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The request header {@code Idempotency-Key}, as the key of the message or event that comes with it. The name of the token's
 * holder is part of it, so that holders do not see each other's keys. A digest, since keys of queue and sessions are shorter.
 */
public final class IdempotencyKey {
    public static final String HEADER = "Idempotency-Key";

    /** How such keys begin. Callers may not choose one that does. */
    public static final String NAMESPACE = "idempotency-key:";

    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,255}");

    private IdempotencyKey() {}

    /** The key of a request's header; empty without one. */
    public static Optional<String> of(Request request) {
        return request.header(HEADER).map(IdempotencyKey::unquoted).map(key -> of(request, key));
    }

    /** Whether this can be the caller's name for something. */
    public static boolean isOne(String key) {
        return VISIBLE.matcher(key).matches();
    }

    /** The same for a key that does not stand in the header, and that {@link #isOne}. */
    public static String of(Request request, String key) {
        return NAMESPACE + digest(request, key);
    }

    private static String unquoted(String value) {
        String key = value.strip();
        boolean quoted = key.length() >= 2 && key.startsWith("\"") && key.endsWith("\"");
        String bare = quoted ? key.substring(1, key.length() - 1) : key;
        if (!isOne(bare)) {
            throw Problems.invalid(
                    List.of(new Violation(HEADER, "must be 1 to 255 visible ASCII characters, such as a UUID")));
        }
        return bare;
    }

    private static String digest(Request request, String key) {
        String holder = request.principal().map(Principal::name).orElse("");
        byte[] text = (holder + "\n" + key).getBytes(StandardCharsets.UTF_8);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
