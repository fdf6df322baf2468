package dev.signalbox.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.clients.ClientSettings;
import dev.signalbox.server.clients.ClientTokens;
import dev.signalbox.server.configuration.Configuration;
import dev.signalbox.server.configuration.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of people and of clients. */
class TokensTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Secret SECRET = new Secret("0123456789abcdef0123456789abcdef");

    @TempDir
    Path folder;

    @Test
    void knowsTheHoldersOfTheConfiguration() {
        var tokens = control(
                "auth.tokens.0.name=ops",
                "auth.tokens.0.role=admin",
                "auth.tokens.0.token=aaaaaaaaaaaaaaaa",
                "auth.tokens.1.name=shop",
                "auth.tokens.1.role=sender",
                "auth.tokens.1.token=bbbbbbbbbbbbbbbb");
        assertThat(tokens.identify("aaaaaaaaaaaaaaaa")).contains(new Principal("ops", Role.ADMIN));
        assertThat(tokens.identify("bbbbbbbbbbbbbbbb")).contains(new Principal("shop", Role.SENDER));
        assertThat(tokens.identify("aaaaaaaaaaaaaaab")).isEmpty();
        assertThat(tokens.identify("")).isEmpty();
        assertThat(AdminToken.file(folder)).doesNotExist();
    }

    @Test
    void makesAnAdminsTokenWhenThereIsNone() throws IOException {
        var tokens = control();
        var made = AdminToken.find(folder).orElseThrow();
        assertThat(tokens.identify(made.value())).contains(new Principal("admin", Role.ADMIN));
        assertThat(tokens.identify("guess")).isEmpty();
        assertThat(made.value()).hasSize(32);
        assertThat(Files.getPosixFilePermissions(AdminToken.file(folder)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(control().identify(made.value())).isPresent();
    }

    @Test
    void everyoneIsAnAdminOnceAuthenticationIsDisabled() {
        assertThat(control("auth.disabled=true").identify("")).contains(new Principal("everyone", Role.ADMIN));
        assertThat(AdminToken.file(folder)).doesNotExist();
    }

    @Test
    void serversThatStartTogetherAgreeOnOneToken() throws Exception {
        try (var starters = Executors.newFixedThreadPool(8)) {
            Callable<Secret> start = () -> AdminToken.findOrCreate(folder);
            var found = starters.invokeAll(Collections.nCopies(64, start)).stream()
                    .map(Future::resultNow)
                    .distinct();
            assertThat(found).hasSize(1);
        }
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(AdminToken.file(folder));
        }
    }

    @Test
    void knowsTheClientsOfTheConfiguration() {
        var tokens = clients("clients.tokens.0.client=alice", "clients.tokens.0.token=cccccccccccccccc");
        assertThat(tokens.principalOf("cccccccccccccccc"))
                .map(principal -> principal.user())
                .contains("alice");
        assertThat(tokens.principalOf("dddddddddddddddd")).isEmpty();
        assertThat(tokens.principalOf(ClientTokens.mint(SECRET, "alice", NOW.plusSeconds(60))))
                .isEmpty();
    }

    @Test
    void knowsTheClientOfASignedToken() {
        assertThat(jwt().principalOf(ClientTokens.mint(SECRET, "alice", NOW.plusSeconds(60))))
                .map(principal -> principal.user())
                .contains("alice");
    }

    @Test
    void refusesForgedExpiredAndIncompleteTokens() throws Exception {
        var other = new Secret("fedcba9876543210fedcba9876543210");
        var valid = new JWTClaimsSet.Builder().subject("alice").expirationTime(Date.from(NOW.plusSeconds(60)));
        refused(ClientTokens.mint(other, "alice", NOW.plusSeconds(60)));
        refused(ClientTokens.mint(SECRET, "alice", NOW.minusSeconds(31)));
        refused(ClientTokens.mint(SECRET, " ", NOW.plusSeconds(60)));
        refused(new PlainJWT(valid.build()).serialize());
        refused(sign(
                JWSAlgorithm.HS256, new JWTClaimsSet.Builder().subject("alice").build()));
        refused(sign(JWSAlgorithm.HS256, valid.subject(null).build()));
        refused(sign(
                JWSAlgorithm.HS256,
                valid.subject("alice")
                        .notBeforeTime(Date.from(NOW.plus(Duration.ofHours(1))))
                        .build()));
        refused("");
        refused("a.b.c");
        refused("x".repeat(100_000));
    }

    @Test
    void signsOnlyWithASecretThatIsLongEnough() {
        assertThatThrownBy(() -> ClientTokens.mint(new Secret("short"), "alice", NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 bytes");
    }

    @Test
    void aSecretNeverShowsItself() {
        assertThat(SECRET.toString()).isEqualTo("***");
        assertThat(load("auth.tokens.0.name=a", "auth.tokens.0.token=aaaaaaaaaaaaaaaa")
                        .toString())
                .doesNotContain("aaaaaaaaaaaaaaaa");
    }

    private void refused(String token) {
        assertThat(jwt().principalOf(token)).isEmpty();
    }

    private static String sign(JWSAlgorithm algorithm, JWTClaimsSet claims) throws Exception {
        var jwt = new SignedJWT(new JWSHeader(algorithm), claims);
        jwt.sign(new MACSigner(SECRET.value()));
        return jwt.serialize();
    }

    private ClientTokens jwt() {
        return clients("clients.jwt.secret=" + SECRET.value());
    }

    private static ClientTokens clients(String... sets) {
        return ClientTokens.of(load(sets).values(ClientSettings::read), InstantSource.fixed(NOW));
    }

    private ControlTokens control(String... sets) {
        return ControlTokens.of(load(sets).values(ControlSettings::read).access(), folder);
    }

    private static Configuration load(String... sets) {
        return SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), List.of(sets));
    }
}
