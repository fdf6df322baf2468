package dev.signalbox.server.clients;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.KeyLengthException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
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
import java.util.Optional;

/**
 * Which client a token stands for: one of the configuration's, or a JWT signed with its secret (HS256; {@code sub} is the
 * client's id, {@code exp} is required, {@code nbf} is honoured). Immutable and thread-safe.
 */
public final class ClientTokens {
    /** How far the clocks of whoever mints tokens and of this server may differ. */
    private static final Duration SKEW = Duration.ofSeconds(30);

    private static final int LONGEST = 8 * 1024;

    private final TokenTable<String> tokens;
    private final Optional<JWSVerifier> verifier;
    private final InstantSource clock;

    private ClientTokens(List<ClientToken> tokens, Optional<JWSVerifier> verifier, InstantSource clock) {
        this.tokens = new TokenTable<>(tokens.stream()
                .map(entry -> new TokenTable.Entry<>(entry.token(), entry.client()))
                .toList());
        this.verifier = verifier;
        this.clock = clock;
    }

    public static ClientTokens of(ClientSettings clients, InstantSource clock) {
        return new ClientTokens(clients.tokens(), clients.jwtSecret().map(ClientTokens::verifier), clock);
    }

    private static JWSVerifier verifier(Secret secret) {
        try {
            return new MACVerifier(key(secret));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the secret cannot be used for HS256", e);
        }
    }

    /** The client's id, or empty if the token is unknown, forged, expired, or of no client. */
    public Optional<String> clientOf(String token) {
        if (token.length() > LONGEST) {
            return Optional.empty();
        }
        return tokens.find(token).or(() -> verifier.flatMap(v -> subject(token, v)));
    }

    private Optional<String> subject(String token, JWSVerifier trusted) {
        try {
            var jwt = SignedJWT.parse(token);
            boolean genuine = JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm()) && jwt.verify(trusted);
            return genuine ? subject(jwt.getJWTClaimsSet()) : Optional.empty();
        } catch (ParseException | JOSEException notOurs) {
            return Optional.empty();
        }
    }

    private Optional<String> subject(JWTClaimsSet claims) {
        var now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date begins = claims.getNotBeforeTime();
        boolean valid = expires != null
                && now.minus(SKEW).isBefore(expires.toInstant())
                && (begins == null || !now.plus(SKEW).isBefore(begins.toInstant()));
        return valid ? Optional.ofNullable(claims.getSubject()).filter(sub -> !sub.isBlank()) : Optional.empty();
    }

    /**
     * Makes a token for a client.
     *
     * @throws IllegalArgumentException if the secret is shorter than 32 bytes
     */
    public static String mint(Secret secret, String client, Instant expires) {
        var claims = new JWTClaimsSet.Builder()
                .subject(client)
                .expirationTime(Date.from(expires))
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
