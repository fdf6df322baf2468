package dev.signalbox.delivery.webhook;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 (RFC 8032). The secret is written as its seed and the public key behind it, as most libraries for it do. */
final class Ed25519Key implements WebhookKey {
    static final String SECRET_PREFIX = "whsk_";
    static final String PUBLIC_PREFIX = "whpk_";
    static final String VERSION = "v1a";

    private static final String ALGORITHM = "Ed25519";
    private static final int SIZE = 32;

    /** What X.509 writes before the 32 bytes of a public key (RFC 8410). */
    private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private final byte[] seed;
    private final byte[] publicKey;
    private final PrivateKey signing;

    private Ed25519Key(byte[] seed) {
        this.seed = seed;
        try {
            signing = KeyFactory.getInstance(ALGORITHM)
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
            publicKey = publicKeyOf(seed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    static Ed25519Key generate() {
        byte[] seed = new byte[SIZE];
        new SecureRandom().nextBytes(seed);
        return new Ed25519Key(seed);
    }

    static Ed25519Key parse(String text) {
        byte[] bytes = SignedContent.keyBytes(text, SECRET_PREFIX);
        if (bytes.length != SIZE && bytes.length != 2 * SIZE) {
            throw SignedContent.malformedKey(SECRET_PREFIX, "has " + bytes.length + " bytes instead of 32 or 64");
        }
        var key = new Ed25519Key(Arrays.copyOf(bytes, SIZE));
        if (bytes.length == 2 * SIZE && !Arrays.equals(bytes, SIZE, 2 * SIZE, key.publicKey, 0, SIZE)) {
            throw SignedContent.malformedKey(SECRET_PREFIX, "ends with a public key that is not its own");
        }
        return key;
    }

    /** The JDK computes a public key only while it generates a pair; the pair's random bytes are its seed. */
    private static byte[] publicKeyOf(byte[] seed) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
        generator.initialize(NamedParameterSpec.ED25519, new SeedAsRandom(seed));
        byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, X509_HEAD.length, encoded.length);
    }

    /** Not random at all: hands out a seed. */
    private static final class SeedAsRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final transient byte[] seed;

        SeedAsRandom(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }

    /** Reads {@code whpk_} and 32 bytes in base64. */
    static PublicKey parsePublic(String text) {
        byte[] raw = SignedContent.keyBytes(text, PUBLIC_PREFIX);
        if (raw.length != SIZE) {
            throw SignedContent.malformedKey(PUBLIC_PREFIX, "has " + raw.length + " bytes instead of " + SIZE);
        }
        byte[] encoded = Arrays.copyOf(X509_HEAD, X509_HEAD.length + SIZE);
        System.arraycopy(raw, 0, encoded, X509_HEAD.length, SIZE);
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw SignedContent.malformedKey(PUBLIC_PREFIX, "is no point of the curve");
        }
    }

    static boolean holds(PublicKey key, byte[] content, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(key);
            verifier.update(content);
            return verifier.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    @Override
    public Kind kind() {
        return Kind.ED25519;
    }

    @Override
    public String secret() {
        byte[] both = Arrays.copyOf(seed, 2 * SIZE);
        System.arraycopy(publicKey, 0, both, SIZE, SIZE);
        return SECRET_PREFIX + SignedContent.base64(both);
    }

    @Override
    public String verifier() {
        return PUBLIC_PREFIX + SignedContent.base64(publicKey);
    }

    @Override
    public String sign(String id, long timestamp, byte[] body) {
        try {
            Signature signer = Signature.getInstance(ALGORITHM);
            signer.initSign(signing);
            signer.update(SignedContent.of(id, timestamp, body));
            return VERSION + "," + SignedContent.base64(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "WebhookKey[" + verifier() + "]";
    }
}
