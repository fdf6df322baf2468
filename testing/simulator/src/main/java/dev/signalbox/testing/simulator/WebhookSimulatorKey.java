package dev.signalbox.testing.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies signatures of Standard Webhooks 1.0.0. Written apart from the sender's own code, so that a mistake there is not
 * repeated here.
 */
record WebhookSimulatorKey(String text) {
    private static final String SYMMETRIC = "whsec_";
    private static final String PUBLIC = "whpk_";
    private static final String X509_HEAD = "302a300506032b6570032100";

    WebhookSimulatorKey {
        check(text);
    }

    /** Throws IllegalArgumentException, in words for people, if it is no key. */
    static void check(String text) {
        if (!text.startsWith(SYMMETRIC) && !text.startsWith(PUBLIC)) {
            throw new IllegalArgumentException("a key to verify with begins with whsec_ or whpk_");
        }
        decoded(text.substring(text.indexOf('_') + 1));
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a key to verify with is not base64 behind its prefix", e);
        }
    }

    /** Whether one of the signatures in the header is by this key. */
    boolean hasSigned(String id, String timestamp, byte[] body, String signatures) {
        boolean symmetric = text.startsWith(SYMMETRIC);
        String version = symmetric ? "v1," : "v1a,";
        byte[] key = decoded(text.substring(text.indexOf('_') + 1));
        byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        byte[] content = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, content, head.length, body.length);
        return Arrays.stream(signatures.split(" "))
                .filter(each -> each.startsWith(version))
                .map(each -> each.substring(version.length()))
                .anyMatch(
                        signature -> symmetric ? isHmac(key, content, signature) : isEd25519(key, content, signature));
    }

    private static boolean isHmac(byte[] key, byte[] content, String signature) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            String expected = Base64.getEncoder().encodeToString(mac.doFinal(content));
            return MessageDigest.isEqual(
                    expected.getBytes(StandardCharsets.US_ASCII), signature.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isEd25519(byte[] key, byte[] content, String signature) {
        try {
            byte[] encoded = HexFormat.of().parseHex(X509_HEAD + HexFormat.of().formatHex(key));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
            verifier.update(content);
            return verifier.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            return false;
        }
    }

    @Override
    public String toString() {
        return text.startsWith(SYMMETRIC) ? SYMMETRIC + "***" : text;
    }
}
