package dev.signalbox.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.server.node.NodeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The environment of a go-message-dispatcher that is replaced. */
class SeedEnvironmentTest {
    @TempDir
    Path folder;

    @Test
    void anyDatabaseVariableSelectsPostgresqlWithTheSeedsDefaults() {
        var database = database(Map.of("DB_HOST", "db.example"));
        assertThat(database.url()).isEqualTo("jdbc:postgresql://db.example:5432/messages_db");
        assertThat(database.parameters()).containsEntry("sslmode", "disable");
        assertThat(database.user()).contains("postgres");
        assertThat(database.password()).contains("password");
        assertThat(database(Map.of("DB_NAME", "other db")).url())
                .isEqualTo("jdbc:postgresql://localhost:5432/other%20db");
        assertThat(database(Map.of("DB_HOST", "::1")).url()).startsWith("jdbc:postgresql://[::1]:5432/");
    }

    @Test
    void aWholeEnvironmentWorksAsItIs() {
        var loaded = load(Map.ofEntries(
                Map.entry("DB_HOST", "postgres"),
                Map.entry("DB_PORT", "5433"),
                Map.entry("DB_NAME", "messages"),
                Map.entry("DB_USER", "app"),
                Map.entry("DB_PASSWORD", "p"),
                Map.entry("DB_SSLMODE", "require"),
                Map.entry("SMS_API_URL", "https://sms.example/v1/send"),
                Map.entry("SMS_API_TOKEN", "secret"),
                Map.entry("MAX_CONTENT_LENGTH", "320"),
                Map.entry("SERVER_PORT", "9090"),
                Map.entry("BATCH_SIZE", "5"),
                Map.entry("PROCESSING_INTERVAL", "1m"),
                Map.entry("LOG_LEVEL", "WARN"),
                Map.entry("SHUTDOWN_TIMEOUT", "1m30s")));
        var database = loaded.configuration().values(NodeSettings::read).database();
        assertThat(database.url()).isEqualTo("jdbc:postgresql://postgres:5433/messages");
        assertThat(database.parameters()).containsEntry("sslmode", "require");
        assertThat(database.user()).contains("app");
        assertThat(database.password()).contains("p");
        assertThat(loaded.value("delivery.sms.url")).contains("https://sms.example/v1/send");
        assertThat(loaded.value("delivery.sms.token")).contains("secret");
        assertThat(loaded.value("delivery.sms.max-length")).contains("320");
        assertThat(loaded.value("control.port")).contains("9090");
        assertThat(loaded.value("delivery.pace.messages")).contains("5");
        assertThat(loaded.value("delivery.pace.interval")).contains("1m");
        assertThat(loaded.value("log.level")).contains("WARN");
        assertThat(loaded.value("shutdown.timeout")).contains("1m30s");
    }

    @Test
    void hasTheSeedsProviderWhereItHadOne() {
        var loaded = load(Map.of("DB_HOST", "db"));
        assertThat(loaded.value("delivery.sms.url")).contains("http://localhost:3001/send");
        assertThat(loaded.value("delivery.sms.token")).contains("mock-token");
        assertThat(load(Map.of("SERVER_PORT", "1")).value("delivery.sms.url")).isEmpty();
    }

    @Test
    void leavesAStrongerDatabaseAlone() {
        var database = database(Map.of("DB_HOST", "db", "DB_USER", "app", "SIGNALBOX_DATABASE_URL", "sqlite:x.db"));
        assertThat(database.url()).isEqualTo("jdbc:sqlite:x.db");
        assertThat(database.user()).isEmpty();
        assertThat(database.password()).isEmpty();
    }

    @Test
    void saysWhatHasNoEffect() {
        var environment = Map.of(
                "REDIS_HOST", "redis",
                "DISTRIBUTED_LOCK_ENABLED", "true",
                "DISTRIBUTED_LOCK_TTL", "3m");
        var warnings = Loaded.of(Optional.empty(), environment, List.of()).warnings();
        assertThat(warnings).hasSize(3);
        assertThat(warnings)
                .anySatisfy(w -> assertThat(w).startsWith("REDIS_HOST").contains("delivery.cache.redis-url"));
        assertThat(warnings)
                .anySatisfy(
                        w -> assertThat(w).startsWith("DISTRIBUTED_LOCK_TTL").contains("leases"));
    }

    @ParameterizedTest
    @CsvSource({
        "DB_PORT,none",
        "DB_HOST,a/b?c",
        "DB_SSLMODE,maybe",
        "MAX_CONTENT_LENGTH,-1",
        "LOG_LEVEL,loud",
        "SHUTDOWN_TIMEOUT,x",
        "BATCH_SIZE,0",
        "BATCH_SIZE,two",
        "PROCESSING_INTERVAL,2 minutes"
    })
    void refusesWhatCannotBeRead(String name, String text) {
        assertThatThrownBy(() -> load(Map.of(name, text)))
                .hasMessageContaining("'" + text + "' is not allowed")
                .hasMessageContaining(name);
    }

    @Test
    void anEmptyVariableCountsAsNotSet() {
        assertThat(load(Map.of("DB_HOST", "", "BATCH_SIZE", "", "REDIS_PASSWORD", "")))
                .extracting(Loaded::print)
                .isEqualTo(load(Map.of()).print());
    }

    @ParameterizedTest
    @CsvSource({
        "REDIS_HOST,redis:0/1",
        "REDIS_PORT,tcp://10.96.0.12:6379",
        "REDIS_PASSWORD,swordfish",
        "REDIS_DB,first",
        "DISTRIBUTED_LOCK_ENABLED,perhaps",
        "DISTRIBUTED_LOCK_TTL,long"
    })
    void aVariableWithoutEffectNeverStopsTheStart(String name, String text) {
        assertThat(load(Map.of(name, text)).warnings())
                .singleElement()
                .asString()
                .startsWith(name + " has no effect: ")
                .doesNotContain(text);
    }

    @Test
    void aStrayVariableDoesNotRedirectTheDatabaseOfTheFile() throws IOException {
        var loaded = file("database:\n  url: postgresql://h/ours\n  user: me\n", Map.of("DB_NAME", "other"));
        var database = loaded.configuration().values(NodeSettings::read).database();
        assertThat(database.url()).isEqualTo("jdbc:postgresql://h/ours");
        assertThat(database.user()).contains("me");
        assertThat(database.password()).isEmpty();
        assertThat(loaded.value("delivery.sms.url")).isEmpty();
        assertThat(loaded.warnings())
                .containsExactly(
                        "DB_NAME is not used, because database.url (s.yaml line 2), database.user (s.yaml line 3)"
                                + " are set. Remove one of them");
    }

    @Test
    void anUnusedVariableMayHoldAnything() throws IOException {
        var loaded = file(
                "database: {url: 'sqlite:a.db'}\ncontrol: {port: 9}\n",
                Map.of("DB_NAME", "x".repeat(100), "SERVER_PORT", "http"));
        assertThat(loaded.value("control.port")).contains("9");
        assertThat(loaded.warnings()).hasSize(2);
    }

    @Test
    void theProvidersVariablesCountTogetherOrNotAtAll() throws IOException {
        var whole = file("delivery: {sms: {url: 'http://h/', token: t}}\n", Map.of("SMS_API_TOKEN", "other"));
        assertThat(whole.value("delivery.sms.token")).contains("t");
        assertThat(whole.warnings()).singleElement().asString().startsWith("SMS_API_TOKEN is not used");
        assertThatThrownBy(() -> file("delivery: {sms: {url: 'http://h/'}}\n", Map.of("SMS_API_TOKEN", "other")))
                .hasMessageContaining("SMS_API_TOKEN: cannot be combined with delivery.sms.url (s.yaml line 1)")
                .hasMessageContaining("set delivery.sms.token as well");
    }

    @Test
    void aMixtureOfTwoDatabasesIsRefused() {
        assertThatThrownBy(() ->
                        Loaded.of(Optional.empty(), Map.of("DB_HOST", "db"), List.of("database.password=swordfish")))
                .hasMessageContaining("DB_HOST: cannot be combined with database.password (--set)")
                .hasMessageNotContaining("swordfish");
    }

    @Test
    void saysThatTheSeedsPortIsReachedFromThisMachineOnly() {
        assertThat(load(Map.of("SERVER_PORT", "8080")).warnings())
                .singleElement()
                .asString()
                .contains("control.host is still 127.0.0.1", "control.host=0.0.0.0");
        assertThat(load(Map.of("SERVER_PORT", "8080", "SIGNALBOX_CONTROL_HOST", "0.0.0.0"))
                        .warnings())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"DB_PORT", "SERVER_PORT"})
    void theAddressOfAKubernetesServiceIsNotAPort(String name) {
        var loaded = load(Map.of(name, "tcp://10.96.0.12:5432"));
        assertThat(loaded.value("database.url")).isEmpty();
        assertThat(loaded.value("control.port")).contains("8080");
        assertThat(loaded.warnings()).singleElement().asString().contains(name, "Kubernetes");
    }

    private Loaded file(String yaml, Map<String, String> environment) throws IOException {
        return Loaded.of(Optional.of(Files.writeString(folder.resolve("s.yaml"), yaml)), environment, List.of());
    }

    private static DatabaseConfig database(Map<String, String> environment) {
        return load(environment).configuration().values(NodeSettings::read).database();
    }

    private static Loaded load(Map<String, String> environment) {
        return Loaded.of(Optional.empty(), environment, List.of());
    }
}
