package dev.signalbox.session.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** What runs inside of Redis in one step. */
enum Script {
    APPEND,
    REPLACE,
    DELETE,
    TRIM;

    final String text;
    /** What Redis knows it by once it has seen it. */
    final String digest;

    Script() {
        byte[] bytes = load(name().toLowerCase(Locale.ROOT) + ".lua");
        text = new String(bytes, StandardCharsets.UTF_8);
        digest = HexFormat.of().formatHex(sha1(bytes));
    }

    private static byte[] load(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
