package dev.signalbox.delivery.sms;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs a POST of a form to the root of an AWS service: Signature Version 4, as the IAM user guide describes it. Immutable.
 *
 * @param service such as {@code sns}
 */
record AwsSignature(String keyId, String secret, String region, String service) {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String SIGNED = "content-type;host;x-amz-date";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** What the header {@code X-Amz-Date} has to be. */
    static String time(Instant now) {
        return TIME.format(now);
    }

    /** What the header {@code Authorization} has to be. */
    String authorization(String host, String contentType, byte[] body, Instant now) {
        String time = time(now);
        String scope = time.substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
        String canonical = "POST\n/\n\ncontent-type:" + contentType + "\nhost:" + host + "\nx-amz-date:" + time + "\n\n"
                + SIGNED + "\n" + hex(sha256(body));
        String text = ALGORITHM + "\n" + time + "\n" + scope + "\n" + hex(sha256(utf8(canonical)));
        byte[] key = utf8("AWS4" + secret);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        return ALGORITHM + " Credential=" + keyId + "/" + scope + ", SignedHeaders=" + SIGNED + ", Signature="
                + hex(hmac(key, text));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HMAC", e);
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "AwsSignature[" + keyId + ", " + region + "]";
    }
}
