package dev.signalbox.delivery.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * How bodies stand in the database: as they are, or encrypted with AES-256-GCM; and whether a body is removed once its message
 * was sent. All processes that use one queue need the same keys. Immutable and thread-safe.
 *
 * <p>The first key encrypts, all of them decrypt. To change the key, give all processes the new one as the last of their keys,
 * and only then put it in front; keep the old one for as long as messages of its time are kept. Each encryption has a random
 * nonce of 96 bits, so a key is to be changed before it has encrypted 2<sup>32</sup> bodies (NIST SP 800-38D). The message's id
 * is authenticated, too: a body that somebody moves to another row cannot be decrypted there. What cannot be decrypted ends as
 * DEAD, or as UNKNOWN if another node may have sent it, with the reason, and stays in the database.
 *
 * <p>Addresses, headers, tags and metadata are not encrypted, and neither is what plain SQL inserts.
 */
public final class BodyProtection {
    /** Bodies stand as they are, and stay. */
    public static final BodyProtection NONE = new BodyProtection(List.of(), false);

    /** Begins what is not a body as it is: a control character, which texts do not begin with; {@link #written} marks one that does. */
    private static final String MARK = "\u001a";

    private static final String SEALED = MARK + "sealed:";
    private static final String PLAIN = MARK + "plain:";

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, BodyKey> keys = new LinkedHashMap<>();
    private final Optional<BodyKey> first;
    private final boolean redactsSent;

    private BodyProtection(List<BodyKey> keys, boolean redactsSent) {
        this.first = keys.stream().findFirst();
        this.redactsSent = redactsSent;
        keys.forEach(key -> Limits.check(
                this.keys.putIfAbsent(key.id(), key) == null, "body keys", "have the id " + key.id() + " twice"));
    }

    /**
     * Encrypts with the first of these keys, and decrypts with all of them.
     *
     * @throws IllegalArgumentException if there is none, or two have the same id
     */
    public static BodyProtection encryptedWith(List<BodyKey> keys) {
        Limits.check(!keys.isEmpty(), "body keys", "are missing; give at least one");
        return new BodyProtection(keys, false);
    }

    /** The same, and a body is removed in the transaction that records its message as SENT. */
    public BodyProtection redactingSent() {
        return new BodyProtection(List.copyOf(keys.values()), true);
    }

    /** Whether new bodies are encrypted. */
    public boolean encrypts() {
        return first.isPresent();
    }

    boolean redactsSent() {
        return redactsSent;
    }

    /** As a body is to stand in the row of its message. */
    String written(UUID id, String body) {
        if (first.isPresent()) {
            return SEALED + first.get().id() + ":" + sealed(first.get(), id, body);
        }
        return body.startsWith(MARK) ? PLAIN + body : body;
    }

    /**
     * The body that stands in the row of a message; {@link Reach#REDACTED_BODY} where it was removed.
     *
     * @throws IllegalArgumentException if it cannot be decrypted, saying which key is missing or wrong
     */
    String read(UUID id, String stored) {
        if (!stored.startsWith(MARK)) {
            return stored;
        }
        if (stored.equals(Reach.REDACTED_BODY)) {
            return Reach.REDACTED_BODY;
        }
        if (stored.startsWith(PLAIN)) {
            return stored.substring(PLAIN.length());
        }
        int end = stored.indexOf(':', SEALED.length());
        Limits.check(stored.startsWith(SEALED) && end > 0, "body", "stands in a form that this version does not know");
        return opened(stored.substring(SEALED.length(), end), id, stored.substring(end + 1));
    }

    private String opened(String keyId, UUID id, String text) {
        BodyKey key = keys.get(keyId);
        if (key == null) {
            throw new IllegalArgumentException(
                    "body is encrypted with the key '" + keyId + "', which this node does not have");
        }
        try {
            byte[] sealed = Base64.getDecoder().decode(text);
            Limits.check(sealed.length > NONCE_BYTES, "body", "is cut off");
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, id, ByteBuffer.wrap(sealed, 0, NONCE_BYTES));
            return new String(cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES), UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "body cannot be decrypted: the key '" + keyId + "' is another one now, or the row was changed", e);
        }
    }

    private static String sealed(BodyKey key, UUID id, String body) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, id, ByteBuffer.wrap(nonce));
            byte[] plain = body.getBytes(UTF_8);
            byte[] sealed = new byte[NONCE_BYTES + cipher.getOutputSize(plain.length)];
            System.arraycopy(nonce, 0, sealed, 0, NONCE_BYTES);
            cipher.doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
            return Base64.getEncoder().withoutPadding().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is missing in this JVM", e);
        }
    }

    private static Cipher cipher(int mode, BodyKey key, UUID id, ByteBuffer nonce) throws GeneralSecurityException {
        byte[] bytes = new byte[NONCE_BYTES];
        nonce.get(bytes);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, bytes));
        cipher.updateAAD(id.toString().getBytes(UTF_8));
        return cipher;
    }
}
