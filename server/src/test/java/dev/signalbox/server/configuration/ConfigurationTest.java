package dev.signalbox.server.configuration;

import dev.signalbox.server.rest.Role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.database.DatabaseConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    Path folder;

    @Test
    void hasSafeDefaults() {
        var values = Configuration.load(Optional.empty(), Map.of(), List.of()).values();
        assertThat(values.dataFolder()).isEqualTo(Path.of("signalbox-data"));
        assertThat(values.control())
                .isEqualTo(new ServerConfig.Control(
                        "127.0.0.1",
                        8080,
                        Optional.empty(),
                        256 << 10,
                        new ServerConfig.ControlLimits(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(30),
                                500,
                                Duration.ofSeconds(60),
                                2048,
                                256,
                                512,
                                64)));
        assertThat(values.auth()).isEqualTo(new ServerConfig.Auth(false, List.of()));
        assertThat(values.clients())
                .isEqualTo(new ServerConfig.Clients(
                        "127.0.0.1",
                        8081,
                        Optional.empty(),
                        256 << 10,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(5),
                        1_000,
                        100_000,
                        1_000,
                        List.of(),
                        Optional.empty()));
        assertThat(values.database())
                .isEqualTo(DatabaseConfig.of("sqlite:" + Path.of("signalbox-data", "signalbox.db")));
        assertThat(values.delivery())
                .isEqualTo(new ServerConfig.Delivery(
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(1),
                        10,
                        new ServerConfig.Retry(Duration.ofSeconds(2), 2, Duration.ofMinutes(10), 0.2),
                        1_000,
                        Duration.ofSeconds(5)));
        assertThat(values.sms()).isEmpty();
        assertThat(values.log())
                .isEqualTo(new ServerConfig.Log(ServerConfig.LogFormat.PLAIN, ServerConfig.LogLevel.INFO));
        assertThat(values.shutdownTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void readsTheFile() throws IOException {
        var values = file("""
                        control:
                          port: 9000
                          max-body: 1MiB
                        auth:
                          tokens:
                            - name: ops
                              role: admin
                              token: 0123456789abcdef
                            - name: shop
                              token: fedcba9876543210
                        delivery:
                          retry: {base: 500ms, max: 1h30m}
                          sms:
                            url: https://sms.example/send
                            token: t
                            key-lifetime: 24h
                            default-region: AU
                        """).values();
        assertThat(values.control().port()).isEqualTo(9000);
        assertThat(values.control().maxBody()).isEqualTo(1 << 20);
        assertThat(values.auth().holders())
                .containsExactly(
                        new ServerConfig.Holder("ops", Role.ADMIN, new Secret(TOKEN)),
                        new ServerConfig.Holder("shop", Role.READER, new Secret("fedcba9876543210")));
        assertThat(values.delivery().retry().max()).isEqualTo(Duration.ofMinutes(90));
        var sms = values.sms().orElseThrow();
        assertThat(sms.url()).isEqualTo(URI.create("https://sms.example/send"));
        assertThat(sms.keyLifetime()).isEqualTo(Duration.ofDays(1));
        assertThat(sms.defaultRegion()).contains("AU");
    }

    @Test
    void theStrongestSourceCounts() throws IOException {
        var file = Files.writeString(folder.resolve("s.yaml"), "control: {port: 1}\nshutdown: {timeout: 1s}\n");
        assertThat(port(file, Map.of(), List.of())).isEqualTo(1);
        assertThat(port(file, Map.of("SERVER_PORT", "2"), List.of())).isEqualTo(2);
        var environment = Map.of("SERVER_PORT", "2", "SIGNALBOX_CONTROL_PORT", "3");
        assertThat(port(file, environment, List.of())).isEqualTo(3);
        assertThat(port(file, environment, List.of("control.port=4"))).isEqualTo(4);
        assertThat(port(file, environment, List.of("control.port=4", "control.port=5")))
                .isEqualTo(5);
    }

    @Test
    void reachesListsByVariableAndSet() {
        var values = Configuration.load(
                        Optional.empty(),
                        Map.of("SIGNALBOX_CLIENTS_TOKENS_0_TOKEN", TOKEN, "SIGNALBOX_CLIENTS_TOKENS_0_CLIENT", "alice"),
                        List.of("auth.tokens.0.name=ops", "auth.tokens.0.token=" + TOKEN, "auth.tokens.0.role=admin"))
                .values();
        assertThat(values.clients().tokens()).containsExactly(new ServerConfig.ClientToken("alice", new Secret(TOKEN)));
        assertThat(values.auth().holders()).hasSize(1);
    }

    @Test
    void takesSecretsFromFiles() throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "from-the-file\n");
        var values = Configuration.load(
                        Optional.empty(),
                        Map.of("SIGNALBOX_DATABASE_PASSWORD_FILE", secret.toString()),
                        List.of("delivery.sms.url=http://h/", "delivery.sms.token-file=" + secret))
                .values();
        assertThat(values.database().password()).contains("from-the-file");
        assertThat(values.sms().orElseThrow().token()).isEqualTo("from-the-file");
    }

    @Test
    void aStrongerSecretFileReplacesAWeakerSecret() throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "stronger");
        var file = Files.writeString(folder.resolve("s.yaml"), "database: {password: weaker}");
        var values = Configuration.load(Optional.of(file), Map.of(), List.of("database.password-file=" + secret))
                .values();
        assertThat(values.database().password()).contains("stronger");
    }

    @Test
    void namesEveryViolationAtOnceWithItsPlace() throws IOException {
        var file = Files.writeString(folder.resolve("signalbox.yaml"), """
                control:
                  port: eighty
                delivery:
                  sms:
                    url: ftp://sms.example
                    timout: 6s
                log: verbose
                """);
        var failure = catchThrowableOfType(
                ConfigException.class,
                () -> Configuration.load(
                        Optional.of(file),
                        Map.of("SIGNALBOX_SHUTDOWN_TIMEOUT", "soon", "BATCH_SIZE", "-1"),
                        List.of("delivery.retry.factor=0.5", "nonsense")));
        assertThat(failure.getMessage()).isEqualTo("""
                        9 settings are wrong:
                          --set nonsense: is not key=value
                          BATCH_SIZE: '-1' is not allowed; it must be a whole number from 1 to 1000000 (BATCH_SIZE)
                          delivery.sms.timout: there is no such key; did you mean delivery.sms.timeout? (signalbox.yaml line 6)
                          log: is a section with keys of its own, not a value (signalbox.yaml line 7)
                          control.port: 'eighty' is not allowed; it must be a whole number from 0 to 65535 (signalbox.yaml line 2)
                          delivery.retry.factor: '0.5' is not allowed; it must be a number from 1.0 to 10.0 (--set)
                          delivery.sms.url: 'ftp://sms.example' is not allowed; it must be an http or https URL with a host and without credentials (signalbox.yaml line 5)
                          delivery.sms.token: is required with delivery.sms.url
                          shutdown.timeout: 'soon' is not allowed; it must be a duration from 0s to 1h (SIGNALBOX_SHUTDOWN_TIMEOUT)""");
        assertThat(failure.violations()).hasSize(9);
    }

    @Test
    void neverShowsASecretThatIsWrong() {
        assertThatThrownBy(() -> Configuration.load(
                        Optional.empty(),
                        Map.of("SIGNALBOX_CLIENTS_JWT_SECRET", "hunter2"),
                        List.of("auth.tokens.0.name=ops", "auth.tokens.0.token=swordfish")))
                .hasMessageContaining("clients.jwt.secret: its value is not allowed; it must be at least 32 bytes")
                .hasMessageContaining("auth.tokens.0.token")
                .hasMessageNotContainingAny("hunter2", "swordfish");
    }

    @Test
    void neverShowsTheCredentialsOfAUrl() {
        violates("'mysql://***@h/d' is not allowed", "database.url=mysql://me:swordfish@h/d");
        assertThat(Configuration.load(Optional.empty(), Map.of(), List.of("database.url=postgresql://me:swordfish@h/d"))
                        .print())
                .contains("postgresql://***@h/d")
                .doesNotContain("swordfish");
    }

    @Test
    void checksWhatBelongsTogether() {
        violates("is required with control.tls.certificate", "control.tls.certificate=" + folder);
        violates("is not a file to read", "control.tls.certificate=none.pem", "control.tls.key=none.key");
        violates("longer than delivery.retry.max", "delivery.retry.base=2h");
        violates(
                "longer than delivery.sms.timeout",
                "delivery.sms.timeout=1s",
                "delivery.sms.connect-timeout=2s",
                "delivery.sms.url=http://h",
                "delivery.sms.token=t");
        violates("auth.tokens.0.name: is required", "auth.tokens.0.token=" + TOKEN);
        violates("auth.tokens.0.token: is required", "auth.tokens.0.name=ops");
        violates("has a gap", "auth.tokens.1.name=ops", "auth.tokens.1.token=" + TOKEN);
        violates(
                "yet auth.tokens are given",
                "auth.disabled=true",
                "auth.tokens.0.name=a",
                "auth.tokens.0.token=" + TOKEN);
        violates("confirm with auth.allow-anyone", "auth.disabled=true", "control.host=0.0.0.0");
        violates("confirm with auth.allow-anyone", "auth.disabled=true", "control.host=::");
        violates("confirm with auth.allow-anyone", "auth.disabled=true", "control.host=node-1.example");
        violates("a size from 1 to 1GiB", "control.min-body-rate=17179869185GiB");
        violates(
                "the same token is given twice",
                "auth.tokens.0.name=a",
                "auth.tokens.0.token=" + TOKEN,
                "auth.tokens.1.name=b",
                "auth.tokens.1.token=" + TOKEN);
        violates("are both given", "database.password=a", "database.password-file=b");
        violates("there is no file 'none'", "database.password-file=none");
        violates("region", "delivery.sms.default-region=XX");
        violates("jdbc:postgresql://HOST/NAME", "database.url=mysql://h/d");
    }

    @Test
    void letsAnyoneInOnLoopbackOrOnceConfirmed() {
        for (String host : new String[] {"127.0.0.1", "127.0.0.9", "localhost", "::1"}) {
            assertThat(auth("auth.disabled=true", "control.host=" + host).disabled())
                    .isTrue();
        }
        assertThat(auth("auth.disabled=true", "control.host=0.0.0.0", "auth.allow-anyone=true")
                        .disabled())
                .isTrue();
    }

    private static ServerConfig.Auth auth(String... settings) {
        return Configuration.load(Optional.empty(), Map.of(), List.of(settings))
                .values()
                .auth();
    }

    @Test
    void refusesAFileThatIsNotWhatItShouldBe() throws IOException {
        assertThatThrownBy(() -> file("control: [")).hasMessageContaining("is not YAML");
        assertThatThrownBy(() -> file("just text")).hasMessageContaining("holds no keys");
        assertThatThrownBy(() -> file("control: {port: 1, port: 2}")).hasMessageContaining("twice");
        assertThatThrownBy(() -> file("control: {port: &p 1}\nclients: {port: *p}\n"))
                .hasMessageContaining("alias");
        assertThatThrownBy(() -> Configuration.load(Optional.of(folder.resolve("none")), Map.of(), List.of()))
                .hasMessageContaining("there is no such file");
        assertThat(file("").values()).isEqualTo(file("control:\n# nothing\n").values());
    }

    @Test
    void warnsOfAVariableThatIsNoSetting() {
        var loaded = Configuration.load(
                Optional.empty(),
                Map.of("SIGNALBOX_CONTROL_PROT", "1", "SIGNALBOX_HOME", "/opt", "SIGNALBOX_CONTROL_PORT", ""),
                List.of());
        assertThat(loaded.warnings())
                .containsExactly(
                        "SIGNALBOX_CONTROL_PROT is not a setting (did you mean SIGNALBOX_CONTROL_PORT?); it is not used");
        assertThat(loaded.values().control().port()).isEqualTo(8080);
    }

    @Test
    void printsWhatIsInEffectWithoutSecrets() throws IOException {
        var file = Files.writeString(folder.resolve("s.yaml"), "database: {password: swordfish}\n");
        var printed = Configuration.load(
                        Optional.of(file),
                        Map.of("SMS_API_TOKEN", "hunter2"),
                        List.of("auth.tokens.0.name=ops", "auth.tokens.0.token=" + TOKEN, "control.host=::1"))
                .print();
        assertThat(printed)
                .contains("control:\n  host: \"::1\"  # --set\n  port: 8080  # default\n")
                .contains(
                        "auth:\n  disabled: false  # default\n  allow-anyone: false  # default\n  tokens:\n    - token: \"***\"  # --set\n      name: ops  # --set\n      role: reader  # default\n")
                .contains("  password: \"***\"  # s.yaml line 1\n")
                .contains("    token: \"***\"  # SMS_API_TOKEN\n")
                .doesNotContain("swordfish", "hunter2", TOKEN);
    }

    @Test
    void whatItPrintsCanBeLoadedAgain() throws IOException {
        var sets = List.of("control.port=1", "delivery.retry.base=1s", "data.folder=a b", "clients.rate=7");
        var first = Configuration.load(Optional.empty(), Map.of(), sets);
        assertThat(file(first.print()).values()).isEqualTo(first.values());
    }

    private Configuration file(String yaml) throws IOException {
        return Configuration.load(Optional.of(Files.writeString(folder.resolve("f.yaml"), yaml)), Map.of(), List.of());
    }

    private static int port(Path file, Map<String, String> environment, List<String> sets) {
        return Configuration.load(Optional.of(file), environment, sets)
                .values()
                .control()
                .port();
    }

    private static void violates(String words, String... sets) {
        assertThatThrownBy(() -> Configuration.load(Optional.empty(), Map.of(), List.of(sets)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(words);
    }
}
