package dev.signalbox.cluster.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** What runs inside of Redis in one step. */
enum RedisScript {
    APPEND(ScriptOutputType.VALUE),
    READ(ScriptOutputType.MULTI);

    private final ScriptOutputType output;
    private final String text;
    /** What Redis knows it by once it has seen it. */
    private final String digest;

    RedisScript(ScriptOutputType output) {
        byte[] bytes = load(name().toLowerCase(Locale.ROOT) + ".lua");
        this.output = output;
        this.text = new String(bytes, StandardCharsets.UTF_8);
        this.digest = HexFormat.of().formatHex(sha1(bytes));
    }

    private static byte[] load(String name) {
        try (InputStream in = RedisScript.class.getResourceAsStream(name)) {
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

    /**
     * Runs it. Redis is told the script in full only if it does not know it, which it says without having done anything.
     *
     * @param bytes of the arguments, about
     */
    <T> CompletableFuture<T> run(RedisSession session, long bytes, String[] keys, byte[]... arguments) {
        CompletableFuture<T> known = session.send(bytes, redis -> redis.evalsha(digest, output, keys, arguments));
        return known.exceptionallyCompose(failure -> failure.getCause() instanceof RedisNoScriptException
                ? session.send(bytes, redis -> redis.eval(text, output, keys, arguments))
                : CompletableFuture.failedFuture(failure));
    }
}
