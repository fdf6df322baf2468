package dev.signalbox.server.clients;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.SignedJWT;
import dev.signalbox.server.configuration.Secret;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys that tokens of clients are signed with: a secret, public keys from an address that is asked again now and then, or a
 * public key. Each algorithm goes with one kind of key, whatever a token's header claims. Thread-safe.
 */
final class JwtKeys {
    /** Unknown keys make the address be asked again, but not more often than this. */
    private static final Duration ASKED_AT_MOST_EVERY = Duration.ofSeconds(10);

    private static final Duration ASKING = Duration.ofSeconds(5);

    private final Optional<MACVerifier> secret;
    private final Optional<JWK> publicKey;
    private final Optional<JWKSource<SecurityContext>> keys;
    /** Whether there have ever been keys. */
    private volatile boolean answered;

    JwtKeys(JwtSettings settings) {
        this.secret = settings.secret().map(JwtKeys::verifier);
        this.publicKey = settings.publicKey();
        this.keys = settings.keys().map(JwtKeys::fetched);
    }

    private static MACVerifier verifier(Secret secret) {
        try {
            return new MACVerifier(secret.value().getBytes(StandardCharsets.UTF_8));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the secret cannot be used for HS256", e);
        }
    }

    private static JWKSource<SecurityContext> fetched(JwtSettings.Keys keys) {
        try {
            URI address = keys.url();
            return JWKSourceBuilder.<SecurityContext>create(address.toURL())
                    .cache(keys.refresh().toMillis(), ASKING.toMillis())
                    .rateLimited(ASKED_AT_MOST_EVERY.toMillis())
                    .outageTolerant(keys.outage().toMillis())
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("the address of the keys is no URL", e);
        }
    }

    /**
     * Whether one of the keys has signed it.
     *
     * @throws KeySourceException if there are no keys to tell by, because their address does not answer
     */
    boolean signed(SignedJWT jwt) throws JOSEException {
        JWSHeader header = jwt.getHeader();
        if (JWSAlgorithm.Family.HMAC_SHA.contains(header.getAlgorithm())) {
            return secret.isPresent() && jwt.verify(secret.get());
        }
        if (publicKey.isPresent()) {
            return signed(jwt, publicKey.get());
        }
        JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
        return matcher != null && keys.isPresent() && signed(jwt, keys.get(), matcher);
    }

    private boolean signed(SignedJWT jwt, JWKSource<SecurityContext> keys, JWKMatcher matcher) throws JOSEException {
        for (JWK key : select(keys, matcher)) {
            if (signed(jwt, key)) {
                return true;
            }
        }
        return false;
    }

    /** Tokens with invented keys would make the address be asked too often: such a key is then one that does not exist. */
    @SuppressWarnings("NullAway") // no key needs a context here
    private List<JWK> select(JWKSource<SecurityContext> keys, JWKMatcher matcher) throws KeySourceException {
        try {
            List<JWK> selected = keys.get(new JWKSelector(matcher), null);
            answered = true;
            return selected;
        } catch (RateLimitReachedException e) {
            if (answered) {
                return List.of();
            }
            throw e;
        }
    }

    private static boolean signed(SignedJWT jwt, @Nullable JWK key) throws JOSEException {
        return switch (key) {
            case RSAKey rsa -> jwt.verify(new RSASSAVerifier(rsa));
            case ECKey ec -> jwt.verify(new ECDSAVerifier(ec));
            case OctetKeyPair edwards -> signedByEdwards(jwt, edwards);
            case null, default -> false;
        };
    }

    /** The JDK verifies it; the library would need another one for that. */
    private static boolean signedByEdwards(SignedJWT jwt, OctetKeyPair key) {
        if (!JWSAlgorithm.Family.ED.contains(jwt.getHeader().getAlgorithm())) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(PublicKeys.edwards(key.getDecodedX()));
            verifier.update(jwt.getSigningInput());
            return verifier.verify(jwt.getSignature().decode());
        } catch (GeneralSecurityException notASignature) {
            return false;
        }
    }
}
