package dev.signalbox.server.clients;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeyLengthException;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Principal;
import dev.signalbox.router.TopicGrants;
import dev.signalbox.server.clients.ClientSettings.ClientToken;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.rest.TokenTable;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which client a token stands for: one of the configuration's, or a JWT ({@code sub} is the client's id, {@code exp} is required,
 * {@code nbf}, {@code iss}, {@code aud} and {@code topics} are honoured). Thread-safe.
 */
public final class ClientTokens {
    /** How far the clocks of the token's issuer and of this server may differ. */
    private static final Duration SKEW = Duration.ofSeconds(30);

    private static final int LONGEST = 8 * 1024;

    private final TokenTable<String> tokens;
    private final JwtSettings jwts;
    private final JwtKeys keys;
    private final InstantSource clock;

    private ClientTokens(List<ClientToken> tokens, JwtSettings jwts, InstantSource clock) {
        this.tokens = new TokenTable<>(tokens.stream()
                .map(entry -> new TokenTable.Entry<>(entry.token(), entry.client()))
                .toList());
        this.jwts = jwts;
        this.keys = new JwtKeys(jwts);
        this.clock = clock;
    }

    public static ClientTokens of(ClientSettings clients, InstantSource clock) {
        return new ClientTokens(clients.tokens(), clients.jwt(), clock);
    }

    /** Immediate where no token makes it wait for keys, or verify a signature with a public key, which takes several times as long as all else. */
    Authenticator authenticator() {
        return jwts.keys().isEmpty() && jwts.publicKey().isEmpty()
                ? Authenticator.immediate(this::principalOf)
                : this::principalOf;
    }

    /**
     * The client, or empty if the token is unknown, forged, expired, or of no client. May wait for keys that are fetched.
     *
     * @throws IllegalStateException if there are no keys to tell by, because their address does not answer
     */
    public Optional<Principal> principalOf(String token) {
        if (token.length() > LONGEST) {
            return Optional.empty();
        }
        return tokens.find(token)
                .map(client -> new Principal(client, Map.of()))
                .or(() -> jwts.isAny() ? signed(token) : Optional.empty());
    }

    private Optional<Principal> signed(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            return keys.signed(jwt) ? principal(jwt.getJWTClaimsSet()) : Optional.empty();
        } catch (KeySourceException e) {
            throw new IllegalStateException("the keys of tokens cannot be had from clients.jwt.keys-url", e);
        } catch (ParseException | JOSEException notOurs) {
            return Optional.empty();
        }
    }

    private Optional<Principal> principal(JWTClaimsSet claims) {
        boolean valid = isOfNow(claims)
                && jwts.issuer()
                        .map(issuer -> issuer.equals(claims.getIssuer()))
                        .orElse(true)
                && jwts.audience()
                        .map(audience -> claims.getAudience().contains(audience))
                        .orElse(true);
        try {
            return valid && claims.getSubject() != null
                    ? Optional.of(new Principal(claims.getSubject(), Map.of(), end(claims), TopicClaims.read(claims)))
                    : Optional.empty();
        } catch (IllegalArgumentException noClient) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> end(JWTClaimsSet claims) {
        return Optional.of(claims.getExpirationTime().toInstant().plus(SKEW));
    }

    private boolean isOfNow(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date begins = claims.getNotBeforeTime();
        return expires != null
                && now.minus(SKEW).isBefore(expires.toInstant())
                && (begins == null || !now.plus(SKEW).isBefore(begins.toInstant()));
    }

    /**
     * Makes a token for a client that grants no topics.
     *
     * @throws IllegalArgumentException if the secret is shorter than 32 bytes
     */
    public static String mint(Secret secret, String client, Instant expires) {
        return mint(secret, client, expires, TopicGrants.NONE);
    }

    /**
     * Makes a token for a client.
     *
     * @throws IllegalArgumentException if the secret is shorter than 32 bytes
     */
    public static String mint(Secret secret, String client, Instant expires, TopicGrants topics) {
        var claims = new JWTClaimsSet.Builder()
                .subject(client)
                .expirationTime(Date.from(expires))
                .claim(TopicClaims.NAME, TopicClaims.of(topics))
                .build();
        var jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        try {
            jwt.sign(new MACSigner(key(secret)));
        } catch (KeyLengthException e) {
            throw new IllegalArgumentException("the secret is shorter than 32 bytes", e);
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java has HMAC with SHA-256", e);
        }
        return jwt.serialize();
    }

    private static byte[] key(Secret secret) {
        return secret.value().getBytes(StandardCharsets.UTF_8);
    }
}
