package dev.signalbox.endpoint.netty;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys that show that a client gets what is sent to its address. They are computed and not kept, so that asking for them costs no
 * memory: a key is the time at which it was made, and a code over that and the address, made with a secret of this process.
 *
 * <p>A key opens one session. Otherwise the datagram that opened it, sent again by the network or by somebody who has read it, would
 * open another one once the first has ended. So the last key that each address has used is remembered for as long as keys live, and
 * older ones do not count any more. Of more addresses than are remembered, the one forgotten first takes with it all keys that were
 * made before its own; who has one of those has to ask again. For one thread.
 */
final class UdpKeys {
    static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(60);
    static final int MAX_USED = 1 << 16;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int CODE_BYTES = 16;
    private static final int LENGTH = 32;

    private final Mac mac;
    /** Hides the machine's clock. */
    private final long mask;
    /** When the last key was made that each address has used, those used first at the beginning. */
    private final Map<InetSocketAddress, Long> used = new LinkedHashMap<>();
    /** Keys made then or before open nothing. */
    private long floor = Long.MIN_VALUE;

    private long last = Long.MIN_VALUE;

    UdpKeys() {
        SecureRandom random = new SecureRandom();
        byte[] secret = new byte[Integer.BYTES * Long.BYTES];
        random.nextBytes(secret);
        mask = random.nextLong();
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /** A new key, of 32 characters. {@code nanos} is now, by {@link System#nanoTime}. */
    String key(InetSocketAddress client, long nanos) {
        last = Math.max(nanos, last + 1);
        return keyOf(client, last);
    }

    /** Whether it was made for the address, is not too old, and is newer than any that the address has used. */
    boolean opens(byte[] key, InetSocketAddress client, long nanos) {
        if (key.length != LENGTH) {
            return false;
        }
        long made = made(key);
        long age = nanos - made;
        return made > floor
                && made > used.getOrDefault(client, Long.MIN_VALUE)
                && age <= LIFE_NANOS
                && isEqual(key, keyOf(client, made));
    }

    /** It has opened a session, and opens no other one. */
    void use(byte[] key, InetSocketAddress client, long nanos) {
        used.remove(client);
        used.put(client, made(key));
        Iterator<Long> oldest = used.values().iterator();
        long first = oldest.next();
        while (used.size() > 1 && (nanos - first > LIFE_NANOS || used.size() > MAX_USED)) {
            if (nanos - first <= LIFE_NANOS) {
                floor = Math.max(floor, first);
            }
            oldest.remove();
            first = oldest.next();
        }
    }

    /** Addresses that are remembered. */
    int used() {
        return used.size();
    }

    /** Takes as long for each wrong key. */
    static boolean isEqual(byte[] given, String key) {
        return MessageDigest.isEqual(given, key.getBytes(StandardCharsets.US_ASCII));
    }

    /** As the key has it, which anybody may have written. */
    private long made(byte[] key) {
        try {
            return ByteBuffer.wrap(Base64.getUrlDecoder().decode(key)).getLong() ^ mask;
        } catch (IllegalArgumentException e) {
            return Long.MIN_VALUE;
        }
    }

    private String keyOf(InetSocketAddress client, long made) {
        byte[] time = ByteBuffer.allocate(Long.BYTES).putLong(made ^ mask).array();
        mac.update(client.getAddress().getAddress());
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(client.getPort()).flip());
        byte[] code = Arrays.copyOf(mac.doFinal(time), CODE_BYTES);
        byte[] key =
                ByteBuffer.allocate(Long.BYTES + CODE_BYTES).put(time).put(code).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }
}
