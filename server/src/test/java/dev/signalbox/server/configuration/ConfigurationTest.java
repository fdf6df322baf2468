package dev.signalbox.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.NodeSettings;
import dev.signalbox.server.rest.ControlSettings;
import dev.signalbox.server.rest.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    Path folder;

    @Test
    void hasSafeDefaults() {
        var loaded = Loaded.of(Optional.empty(), Map.of(), List.of());
        assertThat(loaded.value("control.host")).contains("127.0.0.1");
        assertThat(loaded.value("clients.host")).contains("127.0.0.1");
        assertThat(loaded.value("auth.disabled")).contains("false");
        assertThat(loaded.value("delivery.sms.url")).isEmpty();
        assertThat(loaded.value("delivery.sms.key-lifetime")).contains("0s");
        assertThat(loaded.value("delivery.max-attempts")).contains("10");
        assertThat(loaded.value("exec.clients")).contains("");
        assertThat(loaded.configuration().values(NodeSettings::read).database())
                .isEqualTo(DatabaseConfig.of("sqlite:" + Path.of("signalbox-data", "signalbox.db")));
        assertThat(loaded.configuration().values(NodeSettings::read).shutdownTimeout())
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void readsTheFile() throws IOException {
        var loaded = file("""
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
                        """);
        var control = loaded.configuration().values(ControlSettings::read);
        assertThat(control.port()).isEqualTo(9000);
        assertThat(control.maxBody()).isEqualTo(1 << 20);
        assertThat(control.access().holders())
                .containsExactly(
                        new ControlSettings.Holder("ops", Role.ADMIN, new Secret(TOKEN)),
                        new ControlSettings.Holder("shop", Role.READER, new Secret("fedcba9876543210")));
        assertThat(loaded.value("delivery.retry.max")).contains("1h30m");
        assertThat(loaded.value("delivery.sms.url")).contains("https://sms.example/send");
        assertThat(loaded.value("delivery.sms.default-region")).contains("AU");
    }

    @Test
    void theStrongestSourceCounts() throws IOException {
        var file = Files.writeString(folder.resolve("s.yaml"), "control: {port: 1}\nshutdown: {timeout: 1s}\n");
        assertThat(port(file, Map.of(), List.of())).isEqualTo(1);
        assertThat(port(file, Map.of("SERVER_PORT", "2"), List.of())).isEqualTo(1);
        var environment = Map.of("SERVER_PORT", "2", "SIGNALBOX_CONTROL_PORT", "3");
        assertThat(port(file, environment, List.of())).isEqualTo(3);
        assertThat(port(file, environment, List.of("control.port=4"))).isEqualTo(4);
        assertThat(port(file, environment, List.of("control.port=4", "control.port=5")))
                .isEqualTo(5);
    }

    @Test
    void reachesListsByVariableAndSet() {
        var values = Loaded.of(
                Optional.empty(),
                Map.of("SIGNALBOX_CLIENTS_TOKENS_0_TOKEN", TOKEN, "SIGNALBOX_CLIENTS_TOKENS_0_CLIENT", "alice"),
                List.of("auth.tokens.0.name=ops", "auth.tokens.0.token=" + TOKEN, "auth.tokens.0.role=admin"));
        assertThat(values.value("clients.tokens.0.client")).contains("alice");
        assertThat(values.value("clients.tokens.0.token")).contains(TOKEN);
        assertThat(values.value("auth.tokens.0.role")).contains("admin");
    }

    @Test
    void takesSecretsFromFiles() throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "from-the-file\n");
        var values = Loaded.of(
                Optional.empty(),
                Map.of("SIGNALBOX_DATABASE_PASSWORD_FILE", secret.toString()),
                List.of("delivery.sms.url=http://h/", "delivery.sms.token-file=" + secret));
        assertThat(values.value("database.password")).contains("from-the-file");
        assertThat(values.value("delivery.sms.token")).contains("from-the-file");
    }

    @Test
    void aStrongerSecretFileReplacesAWeakerSecret() throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "stronger");
        var file = Files.writeString(folder.resolve("s.yaml"), "database: {password: weaker}");
        var values = Loaded.of(Optional.of(file), Map.of(), List.of("database.password-file=" + secret));
        assertThat(values.value("database.password")).contains("stronger");
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
                () -> Loaded.of(
                        Optional.of(file),
                        Map.of("SIGNALBOX_SHUTDOWN_TIMEOUT", "soon"),
                        List.of("delivery.retry.factor=0.5", "nonsense")));
        assertThat(failure.getMessage()).isEqualTo("""
                        8 settings are wrong:
                          --set number 2: is not KEY=VALUE, such as control.port=9090
                          delivery.sms.timout: there is no such key; did you mean delivery.sms.timeout? (signalbox.yaml line 6)
                          log: is a section with keys of its own, not a value (signalbox.yaml line 7)
                          control.port: 'eighty' is not allowed; it must be a whole number from 0 to 65535 (signalbox.yaml line 2)
                          shutdown.timeout: 'soon' is not allowed; it must be a duration from 0s to 1h (SIGNALBOX_SHUTDOWN_TIMEOUT)
                          delivery.sms.url: 'ftp://sms.example' is not allowed; it must be an http or https URL with a host and without credentials (signalbox.yaml line 5)
                          delivery.sms.token: is required with delivery.sms.url
                          delivery.retry.factor: '0.5' is not allowed; it must be a number from 1.0 to 10.0 (--set)""");
        assertThat(failure.violations()).hasSize(8);
    }

    @Test
    void neverShowsASecretThatIsWrong() {
        assertThatThrownBy(() -> Loaded.of(
                        Optional.empty(),
                        Map.of("SIGNALBOX_CLIENTS_JWT_SECRET", "hunter2"),
                        List.of("auth.tokens.0.name=ops", "auth.tokens.0.token=swordfish")))
                .hasMessageContaining("clients.jwt.secret: its value is not allowed; it must be at least 32 bytes")
                .hasMessageContaining("auth.tokens.0.token")
                .hasMessageNotContainingAny("hunter2", "swordfish");
    }

    @Test
    void neverShowsTheCredentialsOfAUrl() {
        violates("'oracle://***@h/d' is not allowed", "database.url=oracle://me:swordfish@h/d");
        assertThat(Loaded.of(Optional.empty(), Map.of(), List.of("database.url=postgresql://me:swordfish@h/d"))
                        .print())
                .contains("postgresql://***@h/d")
                .doesNotContain("swordfish");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sqlserver://h?database=d&password=swordfish",
                "jdbc:sqlserver://h;database=d;password=a swordfish",
                "jdbc:sqlserver://h;password={a;sword}}fish};database=d",
                "jdbc:sqlserver://h;database=d; trustStorePassword = {a swordfish}"
            })
    void neverShowsThePasswordInAUrlOfSqlServer(String url) {
        assertThat(Loaded.of(Optional.empty(), Map.of(), List.of("database.url=" + url))
                        .print())
                .contains("sqlserver://h", "database=d", "assword", "=***")
                .doesNotContain("fish");
    }

    @Test
    void checksWhatBelongsTogether() {
        violates("is required with control.tls.certificate", "control.tls.certificate=" + folder);
        violates(
                "is not a file that this user can read",
                "control.tls.certificate=none.pem",
                "control.tls.key=none.key");
        violates("longer than delivery.retry.max", "delivery.retry.base=2h");
        violates(
                "longer than delivery.sms.timeout",
                "delivery.sms.timeout=1s",
                "delivery.sms.connect-timeout=2s",
                "delivery.sms.url=http://h",
                "delivery.sms.token=t");
        violates("account: is required with delivery.sms.provider=twilio", "delivery.sms.provider=twilio");
        violates("from: is required with delivery.sms.provider=vonage", "delivery.sms.provider=vonage");
        violates(
                "'me' is not AC and 32 hexadecimal digits",
                "delivery.sms.provider=twilio",
                "delivery.sms.account=me",
                "delivery.sms.token=t",
                "delivery.sms.from=+15005550006");
        violates("within strings", "delivery.sms.body={\"to\":{{to}}}");
        violates("a JSON pointer", "delivery.sms.id=messageId");
        violates("503=not-sent", "delivery.sms.statuses=503=later");
        violates("auth.tokens.0.name: is required", "auth.tokens.0.token=" + TOKEN);
        violates("auth.tokens.0.token: is required", "auth.tokens.0.name=ops");
        violates("misses an element", "auth.tokens.1.name=ops", "auth.tokens.1.token=" + TOKEN);
        violates(
                "so auth.tokens have no effect",
                "auth.disabled=true",
                "auth.tokens.0.name=a",
                "auth.tokens.0.token=" + TOKEN);
        violates(
                "the same token is given twice",
                "auth.tokens.0.name=a",
                "auth.tokens.0.token=" + TOKEN,
                "auth.tokens.1.name=b",
                "auth.tokens.1.token=" + TOKEN);
        violates("confirm with auth.allow-anyone", "auth.disabled=true", "control.host=0.0.0.0");
        violates("confirm with auth.allow-anyone", "auth.disabled=true", "control.host=::");
        violates("confirm with auth.allow-anyone", "auth.disabled=true", "control.host=node-1.example");
        violates("a size from 1 to 1GiB", "control.min-body-rate=17179869185GiB");
        violates("are both given", "database.password=a", "database.password-file=b");
        violates("must name a file: there is no such file", "database.password-file=none");
        violates("region", "delivery.sms.default-region=XX");
        violates(
                "postgresql://HOST/NAME, mysql://HOST/NAME, sqlserver://HOST?database=NAME or sqlite:FILE",
                "database.url=oracle://h/d");
        violates("has no meaning for SQLite", "database.tls=verified");
        violates("needs database.tls: verified", "database.url=postgresql://h/d", "database.tls-ca=ca.pem");
        violates(
                "name it as trustStore in database.url",
                "database.url=sqlserver://h?database=d",
                "database.tls=verified",
                "database.tls-ca=ca.pem");
    }

    @Test
    void letsAnyoneInOnLoopbackOrOnceConfirmed() {
        for (String host : new String[] {"127.0.0.1", "127.0.0.9", "localhost", "::1"}) {
            assertThat(access("auth.disabled=true", "control.host=" + host).disabled())
                    .isTrue();
        }
        assertThat(access("auth.disabled=true", "control.host=0.0.0.0", "auth.allow-anyone=true")
                        .disabled())
                .isTrue();
    }

    private static ControlSettings.Access access(String... settings) {
        return Loaded.of(Optional.empty(), Map.of(), List.of(settings))
                .configuration()
                .values(ControlSettings::read)
                .access();
    }

    @Test
    void refusesAFileThatIsNotWhatItShouldBe() throws IOException {
        assertThatThrownBy(() -> file("just text")).hasMessageContaining("has no keys");
        assertThatThrownBy(() -> file("control: {port: 1, port: 2}")).hasMessageContaining("twice");
        assertThatThrownBy(() -> file("control: {port: &p 1}\nclients: {port: *p}\n"))
                .hasMessageContaining("alias");
        assertThatThrownBy(() -> Loaded.of(Optional.of(folder.resolve("none")), Map.of(), List.of()))
                .hasMessageContaining("there is no such file");
        assertThat(file("").print()).isEqualTo(file("control:\n# nothing\n").print());
    }

    @Test
    void refusesAVariableThatIsNoSetting() {
        assertThatThrownBy(() -> environment(Map.of("SIGNALBOX_CONTROL_PROT", "1")))
                .hasMessageContaining("SIGNALBOX_CONTROL_PROT: is not a setting; did you mean SIGNALBOX_CONTROL_PORT?");
        assertThatThrownBy(() -> environment(Map.of("SIGNALBOX_ENTIRELY_OTHER_THING", "1")))
                .hasMessageContaining("SIGNALBOX_X_");
        assertThat(environment(Map.of("SIGNALBOX_HOME", "/opt", "SIGNALBOX_X_OURS", "1", "SIGNALBOX_CONTROL_PORT", ""))
                        .warnings())
                .isEmpty();
    }

    @Test
    void passesOverWhatKubernetesSetsForAServiceOfThisName() {
        var loaded = environment(Map.of(
                "SIGNALBOX_SERVICE_HOST", "10.96.0.12",
                "SIGNALBOX_SERVICE_PORT_HTTP", "8080",
                "SIGNALBOX_PORT", "tcp://10.96.0.12:8080",
                "SIGNALBOX_PORT_8080_TCP_ADDR", "10.96.0.12",
                "SIGNALBOX_CONTROL_PORT", "tcp://10.96.0.12:8080"));
        assertThat(loaded.value("control.port")).contains("8080");
        assertThat(loaded.warnings()).singleElement().asString().startsWith("SIGNALBOX_CONTROL_PORT does not set");
    }

    private static Loaded environment(Map<String, String> environment) {
        return Loaded.of(Optional.empty(), environment, List.of());
    }

    @Test
    void printsWhatIsInEffectWithoutSecrets() throws IOException {
        var file = Files.writeString(folder.resolve("s.yaml"), "database: {password: swordfish}\n");
        var printed = Loaded.of(
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

    private Loaded file(String yaml) throws IOException {
        return Loaded.of(Optional.of(Files.writeString(folder.resolve("f.yaml"), yaml)), Map.of(), List.of());
    }

    private static int port(Path file, Map<String, String> environment, List<String> sets) {
        return Loaded.of(Optional.of(file), environment, sets)
                .configuration()
                .values(ControlSettings::read)
                .port();
    }

    private static void violates(String words, String... sets) {
        assertThatThrownBy(() -> Loaded.of(Optional.empty(), Map.of(), List.of(sets)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(words);
    }

    @Test
    void aNamedKeyTakesNamesInAnyCaseFromAllSources() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "from a file\n");
        Path file = Files.writeString(folder.resolve("s.yaml"), """
                        observatory:
                          url: http://h
                          headers:
                            X-Team: from yaml
                            X-Zone: overridden
                        """);
        var loaded = Loaded.of(
                Optional.of(file),
                Map.of("SIGNALBOX_OBSERVATORY_HEADERS_X_ZONE", "from the environment"),
                List.of("observatory.headers.x-key-file=" + secret));
        Key<?> key = SignalboxCommand.FEATURES.schema().keys().stream()
                .filter(each -> each.path().equals("observatory.headers.NAME"))
                .findFirst()
                .orElseThrow();
        Map<String, Object> values = loaded.configuration().values(reading -> Map.copyOf(reading.named(key)));
        assertThat(values)
                .isEqualTo(Map.of("x-team", "from yaml", "x-zone", "from the environment", "x-key", "from a file"));
        assertThat(loaded.print())
                .contains("headers:")
                .contains("x-zone: \"***\"  # SIGNALBOX_OBSERVATORY_HEADERS_X_ZONE")
                .doesNotContain("from yaml");
    }

    @Test
    void aNamedKeyRefusesWhatIsNoName() {
        assertThatThrownBy(() -> Loaded.of(Optional.empty(), Map.of(), List.of("observatory.headers.9=a")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("observatory.headers.9: there is no such key");
        assertThatThrownBy(() -> Loaded.of(Optional.empty(), Map.of(), List.of("observatory.headers=a")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("observatory.headers: is a section with keys of its own");
    }
}
