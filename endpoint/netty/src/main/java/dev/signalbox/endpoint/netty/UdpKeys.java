package dev.signalbox.endpoint.netty;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys that show that a client gets what is sent to its address. They are computed and not kept, so that asking for them costs no
 * memory: a key is a code over the address and a period, made with a secret of this process. For one thread.
 */
final class UdpKeys {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES = 16;
    /** A key opens a session in the period it was made in, and in the next one. */
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Mac mac;

    UdpKeys() {
        byte[] secret = new byte[Integer.BYTES * Long.BYTES];
        new SecureRandom().nextBytes(secret);
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /** 22 characters. {@code nanos} is now, by {@link System#nanoTime}. */
    String key(InetSocketAddress client, long nanos) {
        return keyOf(client, Math.floorDiv(nanos, PERIOD_NANOS));
    }

    boolean isValid(byte[] key, InetSocketAddress client, long nanos) {
        long period = Math.floorDiv(nanos, PERIOD_NANOS);
        return isEqual(key, keyOf(client, period)) || isEqual(key, keyOf(client, period - 1));
    }

    /**
     * Whether it is valid, and newer than the one that the client's session has. A late datagram of the session before may have a key
     * that is still valid, and older.
     *
     * @param key another one than {@code known}
     */
    boolean isNewer(byte[] key, String known, InetSocketAddress client, long nanos) {
        return isValid(key, client, nanos) && !known.equals(key(client, nanos));
    }

    /** Takes as long for each wrong key. */
    static boolean isEqual(byte[] given, String key) {
        return MessageDigest.isEqual(given, key.getBytes(StandardCharsets.US_ASCII));
    }

    private String keyOf(InetSocketAddress client, long period) {
        mac.update(client.getAddress().getAddress());
        mac.update(ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                .putInt(client.getPort())
                .putLong(period)
                .flip());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(mac.doFinal(), BYTES));
    }
}
