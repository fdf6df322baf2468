package dev.signalbox.server.clients;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads public keys. */
final class PublicKeys {
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";
    private static final List<String> KINDS = List.of("RSA", "EC", "Ed25519");
    /** What comes before the 32 bytes of an Ed25519 key in its encoded form (RFC 8410). */
    private static final byte[] EDWARDS = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int EDWARDS_BYTES = 32;

    private PublicKeys() {}

    /**
     * Reads one key in PEM: RSA, EC or Ed25519.
     *
     * @throws IllegalArgumentException if the file cannot be read, or is no such key
     */
    static JWK read(Path file) {
        try {
            return key(der(Files.readString(file, StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot be read: there is no such file, or this user may not read it", e);
        }
    }

    private static byte[] der(String pem) {
        int from = pem.indexOf(BEGIN);
        int to = pem.indexOf(END);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("is no public key in PEM: it has to begin with " + BEGIN);
        }
        return Base64.getMimeDecoder().decode(pem.substring(from + BEGIN.length(), to));
    }

    private static JWK key(byte[] der) {
        return KINDS.stream()
                .flatMap(kind -> decoded(kind, der).stream())
                .findFirst()
                .map(PublicKeys::key)
                .orElseThrow(() -> new IllegalArgumentException("is no key of a kind that is known: RSA, EC, Ed25519"));
    }

    private static Optional<PublicKey> decoded(String kind, byte[] der) {
        try {
            return Optional.of(KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(der)));
        } catch (InvalidKeySpecException anotherKind) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has keys of the kind " + kind, e);
        }
    }

    private static JWK key(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> new RSAKey.Builder(rsa).build();
            case ECPublicKey ec -> new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec).build();
            default -> {
                byte[] encoded = key.getEncoded();
                byte[] x = Arrays.copyOfRange(encoded, encoded.length - EDWARDS_BYTES, encoded.length);
                yield new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).build();
            }
        };
    }

    /** An Ed25519 key from its 32 bytes. */
    static PublicKey edwards(byte[] bytes) throws GeneralSecurityException {
        byte[] der = Arrays.copyOf(EDWARDS, EDWARDS.length + bytes.length);
        System.arraycopy(bytes, 0, der, EDWARDS.length, bytes.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    }
}
