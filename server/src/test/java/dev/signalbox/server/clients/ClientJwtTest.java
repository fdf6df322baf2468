package dev.signalbox.server.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpServer;
import dev.signalbox.router.Principal;
import dev.signalbox.router.TopicGrants;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.configuration.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that others sign: with a private key, whose public one is in a file or at an address. */
class ClientJwtTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static KeyPair rsa;
    private static KeyPair ec;
    private static KeyPair edwards;

    @TempDir
    private Path folder;

    @BeforeAll
    static void generate() throws Exception {
        rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(Curve.P_256.toECParameterSpec());
        ec = curve.generateKeyPair();
        edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder().subject("alice").expirationTime(Date.from(NOW.plusSeconds(60)));
    }

    private static JWSHeader header(JWSAlgorithm algorithm, @Nullable String id) {
        return new JWSHeader.Builder(algorithm).keyID(id).build();
    }

    private static String signedByRsa(@Nullable String id, JWTClaimsSet claims) throws Exception {
        JWSObject jws = new JWSObject(header(JWSAlgorithm.RS256, id), claims.toPayload());
        jws.sign(new RSASSASigner((RSAPrivateKey) rsa.getPrivate()));
        return jws.serialize();
    }

    private static String signedByEc(@Nullable String id) throws Exception {
        JWSObject jws =
                new JWSObject(header(JWSAlgorithm.ES256, id), claims().build().toPayload());
        jws.sign(new ECDSASigner((ECPrivateKey) ec.getPrivate()));
        return jws.serialize();
    }

    private static String signedByEdwards(@Nullable String id) throws Exception {
        String head = header(JWSAlgorithm.EdDSA, id).toBase64URL() + "."
                + claims().build().toPayload().toBase64URL();
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(edwards.getPrivate());
        signer.update(head.getBytes(UTF_8));
        return head + "." + Base64URL.encode(signer.sign());
    }

    private String pem(PublicKey key) throws IOException {
        String body = Base64.getMimeEncoder().encodeToString(key.getEncoded());
        return Files.writeString(
                        folder.resolve("public.pem"),
                        "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n")
                .toString();
    }

    private static ClientTokens tokens(String... sets) {
        ClientSettings settings = SignalboxCommand.FEATURES
                .load(Optional.empty(), Map.of(), List.of(sets))
                .values(ClientSettings::read);
        return ClientTokens.of(settings, InstantSource.fixed(NOW));
    }

    private static boolean accepts(ClientTokens tokens, String token) {
        return tokens.principalOf(token).map(Principal::user).equals(Optional.of("alice"));
    }

    @Test
    void onlyTokensThatNeedNoPublicKeyAreLookedAtOnEventLoops() throws IOException {
        String secret = "clients.jwt.secret=0123456789abcdef0123456789abcdef";

        assertThat(tokens("clients.tokens.0.client=alice", "clients.tokens.0.token=cccccccccccccccc")
                        .authenticator()
                        .isImmediate())
                .isTrue();
        assertThat(tokens(secret).authenticator().isImmediate()).isTrue();
        assertThat(tokens(secret, "clients.jwt.public-key=" + pem(rsa.getPublic()))
                        .authenticator()
                        .isImmediate())
                .isFalse();
        assertThat(tokens(secret, "clients.jwt.keys-url=https://id.example.com/k")
                        .authenticator()
                        .isImmediate())
                .isFalse();
    }

    @Test
    void aPublicKeyInAFileIsOfAnyOfThreeKinds() throws Exception {
        ClientTokens byRsa = tokens("clients.jwt.public-key=" + pem(rsa.getPublic()));
        ClientTokens byEc = tokens("clients.jwt.public-key=" + pem(ec.getPublic()));
        ClientTokens byEdwards = tokens("clients.jwt.public-key=" + pem(edwards.getPublic()));

        assertThat(accepts(byRsa, signedByRsa(null, claims().build()))).isTrue();
        assertThat(accepts(byEc, signedByEc(null))).isTrue();
        assertThat(accepts(byEdwards, signedByEdwards(null))).isTrue();
        assertThat(accepts(byEc, signedByRsa(null, claims().build()))).isFalse();
        assertThat(accepts(byRsa, signedByEdwards(null))).isFalse();
        assertThat(accepts(byEdwards, signedByEc(null))).isFalse();
        String token = signedByEdwards(null);
        assertThat(accepts(byEdwards, token.substring(0, token.length() - 4) + "AAAA"))
                .isFalse();
        assertThat(accepts(byEdwards, token.substring(0, token.lastIndexOf('.') + 1)))
                .isFalse();
    }

    /** The public key is no secret: nobody must be able to sign with it. */
    @Test
    void aPublicKeyIsNotTakenForASecret() throws Exception {
        ClientTokens tokens = tokens("clients.jwt.public-key=" + pem(rsa.getPublic()));
        for (byte[] known : List.of(rsa.getPublic().getEncoded(), Files.readAllBytes(folder.resolve("public.pem")))) {
            JWSObject jws = new JWSObject(
                    new JWSHeader(JWSAlgorithm.HS256), claims().build().toPayload());
            jws.sign(new MACSigner(known));
            assertThat(accepts(tokens, jws.serialize())).isFalse();
        }
    }

    @Test
    void issuerAndAudienceHaveToFitIfTheyAreConfigured() throws Exception {
        ClientTokens tokens = tokens(
                "clients.jwt.public-key=" + pem(rsa.getPublic()),
                "clients.jwt.issuer=https://id.example.com",
                "clients.jwt.audience=signalbox");
        JWTClaimsSet right = claims().issuer("https://id.example.com")
                .audience(List.of("other", "signalbox"))
                .build();

        assertThat(accepts(tokens, signedByRsa(null, right))).isTrue();
        assertThat(accepts(tokens, signedByRsa(null, claims().build()))).isFalse();
        assertThat(accepts(
                        tokens,
                        signedByRsa(
                                null,
                                new JWTClaimsSet.Builder(right)
                                        .audience("other")
                                        .build())))
                .isFalse();
        assertThat(accepts(
                        tokens,
                        signedByRsa(
                                null,
                                new JWTClaimsSet.Builder(right)
                                        .issuer("https://evil.example.com")
                                        .build())))
                .isFalse();
        assertThat(accepts(
                        tokens,
                        signedByRsa(
                                null,
                                new JWTClaimsSet.Builder(right)
                                        .subject("no client")
                                        .build())))
                .isFalse();
    }

    @Test
    void aTokenGrantsTopics() throws Exception {
        ClientTokens tokens = tokens("clients.jwt.public-key=" + pem(rsa.getPublic()));
        Map<String, Object> granted = Map.of("publish", List.of("rooms/7"), "subscribe", List.of("rooms/*", "news"));

        assertThat(grants(tokens, granted)).contains(new TopicGrants(List.of("rooms/7"), List.of("rooms/*", "news")));
        assertThat(grants(tokens, null)).contains(TopicGrants.NONE);
        assertThat(grants(tokens, Map.of("join", List.of("rooms/7"))))
                .contains(new TopicGrants(List.of(), List.of(), List.of("rooms/7")));
        assertThat(grants(tokens, Map.of("subscribe", List.of("*"))))
                .contains(new TopicGrants(List.of(), List.of("*")));
        for (Object wrong : List.of(
                "rooms/*",
                List.of("rooms/*"),
                Map.of("publish", "rooms/*"),
                Map.of("publish", List.of(7)),
                Map.of("publish", List.of("a*b")),
                Map.of("join", List.of("a b")),
                Map.of("subscribe", Collections.nCopies(101, "news")))) {
            assertThat(grants(tokens, wrong)).as(wrong.toString()).isEmpty();
        }
    }

    private static Optional<TopicGrants> grants(ClientTokens tokens, @Nullable Object claim) throws Exception {
        return tokens.principalOf(
                        signedByRsa(null, claims().claim("topics", claim).build()))
                .map(Principal::topics);
    }

    @Test
    void keysOfAnAddressChangeAndSurviveItsOutage() throws Exception {
        byte[] encoded = edwards.getPublic().getEncoded();
        JWK first =
                new RSAKey.Builder((RSAPublicKey) rsa.getPublic()).keyID("1").build();
        JWK second = new ECKey.Builder(Curve.P_256, (ECPublicKey) ec.getPublic())
                .keyID("2")
                .build();
        JWK third = new OctetKeyPair.Builder(
                        Curve.Ed25519,
                        Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)))
                .keyID("3")
                .build();
        AtomicReference<JWKSet> told = new AtomicReference<>(new JWKSet(first));
        AtomicInteger asked = new AtomicInteger();
        HttpServer provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext("/keys", exchange -> {
            asked.incrementAndGet();
            byte[] body = told.get().toString().getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        provider.start();
        try {
            ClientTokens tokens = tokens("clients.jwt.keys-url=http://127.0.0.1:"
                    + provider.getAddress().getPort() + "/keys");
            for (int i = 0; i < 10; i++) {
                assertThat(accepts(tokens, signedByRsa("1", claims().build()))).isTrue();
            }
            assertThat(asked).as("they are kept").hasValue(1);
            told.set(new JWKSet(List.of(second, third)));
            assertThat(accepts(tokens, signedByEc("2"))).as("a new key").isTrue();
            assertThat(accepts(tokens, signedByEdwards("3"))).isTrue();
            assertThat(accepts(tokens, signedByRsa("1", claims().build())))
                    .as("a key that is gone")
                    .isFalse();
            for (int i = 0; i < 20; i++) {
                assertThat(accepts(tokens, signedByRsa("unknown-" + i, claims().build())))
                        .isFalse();
            }
            assertThat(asked)
                    .as("unknown keys do not make it be asked each time")
                    .hasValueLessThan(5);
            provider.stop(0);
            assertThat(accepts(tokens, signedByEc("2"))).as("during an outage").isTrue();
        } finally {
            provider.stop(0);
        }
    }

    @Test
    void withoutAnyKeysNobodyIsToldThatTheirTokenIsWrong() throws Exception {
        HttpServer taken = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int port = taken.getAddress().getPort();
        taken.stop(0);
        ClientTokens tokens = tokens("clients.jwt.keys-url=http://127.0.0.1:" + port + "/keys");

        assertThatThrownBy(() -> tokens.principalOf(signedByRsa("1", claims().build())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("clients.jwt.keys-url");
    }

    @Test
    void whatIsNoKeyIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("wrong.pem"), "-----BEGIN PRIVATE KEY-----");
        assertThatThrownBy(() -> tokens("clients.jwt.public-key=" + file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("clients.jwt.public-key")
                .hasMessageContaining("BEGIN PUBLIC KEY");
        Path key = Path.of(pem(rsa.getPublic()));
        assertThatThrownBy(
                        () -> tokens("clients.jwt.public-key=" + key, "clients.jwt.keys-url=https://id.example.com/k"))
                .hasMessageContaining("clients.jwt.keys-url");
        assertThat(SignalboxCommand.FEATURES
                        .load(Optional.empty(), Map.of(), List.of("clients.jwt.keys-url=https://id.example.com/k"))
                        .values(ClientSettings::read)
                        .jwt()
                        .keys())
                .hasValueSatisfying(keys -> assertThat(List.of(keys.refresh(), keys.outage()))
                        .containsExactly(Duration.ofMinutes(5), Duration.ofHours(1)));
    }
}
