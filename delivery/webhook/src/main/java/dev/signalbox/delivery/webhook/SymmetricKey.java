package dev.signalbox.delivery.webhook;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 with a shared secret. */
final class SymmetricKey implements WebhookKey {
    static final String PREFIX = "whsec_";
    static final String VERSION = "v1";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST = 24;
    private static final int LONGEST = 64;
    private static final int GENERATED = 32;

    private final byte[] secret;

    private SymmetricKey(byte[] secret) {
        this.secret = secret;
    }

    static SymmetricKey generate() {
        byte[] secret = new byte[GENERATED];
        new SecureRandom().nextBytes(secret);
        return new SymmetricKey(secret);
    }

    static SymmetricKey parse(String text) {
        byte[] secret = SignedContent.keyBytes(text, PREFIX);
        if (secret.length < SHORTEST || secret.length > LONGEST) {
            throw SignedContent.malformedKey(
                    PREFIX, "has " + secret.length + " bytes instead of " + SHORTEST + " to " + LONGEST);
        }
        return new SymmetricKey(secret);
    }

    @Override
    public Kind kind() {
        return Kind.SYMMETRIC;
    }

    @Override
    public String secret() {
        return PREFIX + SignedContent.base64(secret);
    }

    @Override
    public String verifier() {
        return secret();
    }

    @Override
    public String sign(String id, long timestamp, byte[] body) {
        return VERSION + "," + SignedContent.base64(hmac(SignedContent.of(id, timestamp, body)));
    }

    byte[] hmac(byte[] content) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "WebhookKey[" + PREFIX + "***]";
    }
}
