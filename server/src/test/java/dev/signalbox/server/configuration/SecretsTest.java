package dev.signalbox.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.SignalboxCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A canary through every key, as a value that is right and one that is wrong, from every source: nothing sings. */
class SecretsTest {
    private static final String CANARY = "canary-0123456789-tweet";
    private static final Schema SCHEMA = SignalboxCommand.FEATURES.schema();

    @TempDir
    Path folder;

    static List<String> paths() {
        return SCHEMA.paths().stream().map(path -> path.replace("*", "0")).toList();
    }

    /** What people put into a value of any key: the secret itself is one only where the key is secret. */
    private static Stream<String> texts(String path) {
        Stream<String> everywhere = Stream.of(
                "postgresql://me:" + CANARY + "@h/d",
                "jdbc:postgresql://h/d?user=me&password=" + CANARY,
                "jdbc:postgresql://h/d?sslpassword=" + CANARY + "&sslmode=require",
                "postgresql:me:" + CANARY + "@h/d",
                "https://" + CANARY + "@h/",
                "https://h/send?token=" + CANARY,
                "https://h/send?a=b&access_key=" + CANARY,
                "https://h/send?p%61ssword=" + CANARY,
                "redis://:" + CANARY + " blank@h:1",
                "host=h password=" + CANARY);
        boolean secret = SCHEMA.keys().stream().anyMatch(key -> key.secret() && key.covers(path));
        return secret
                ? Stream.concat(everywhere, Stream.of(CANARY, CANARY + " with blanks", "/" + CANARY, CANARY + "ü"))
                : everywhere;
    }

    @ParameterizedTest
    @MethodSource("paths")
    void areShownNowhere(String path) throws IOException {
        for (String text : texts(path).toList()) {
            assertThat(shown(Optional.empty(), Map.of(), List.of(path + "=" + text)))
                    .as("--set %s", path)
                    .doesNotContain(CANARY);
            assertThat(shown(Optional.empty(), Map.of(Key.variable(path), text), List.of()))
                    .as("%s", Key.variable(path))
                    .doesNotContain(CANARY);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SMS_API_URL",
                "SMS_API_TOKEN",
                "DB_HOST",
                "DB_PORT",
                "DB_PASSWORD",
                "REDIS_PASSWORD",
                "REDIS_HOST"
            })
    void ofTheSeedAreShownNowhere(String variable) throws IOException {
        assertThat(shown(Optional.empty(), Map.of(variable, "https://me:" + CANARY + "@h/ü"), List.of()))
                .doesNotContain(CANARY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "database: {password: '%s', password-file: '%s'}",
                "database:\n  password: \"%s",
                "database:\n\tpassword: %s",
                "database:\n  password: @%s",
                "database:\n  passwort: %s",
                "database: %s",
                "%s",
                "database: {password: %s, password: %s}",
                "database: [%s",
                "database: {url: 'mysql://me:%s@h'}"
            })
    void inAFileThatIsWrongAreShownNowhere(String yaml) throws IOException {
        var file = Files.writeString(folder.resolve("s.yaml"), yaml.replace("%s", CANARY));
        assertThat(shown(Optional.of(file), Map.of(), List.of()))
                .contains("wrong")
                .doesNotContain(CANARY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "auth.tokens.0.token:%s", "--database.password %s"})
    void inASetThatIsWrongAreShownNowhere(String set) {
        assertThat(shown(Optional.empty(), Map.of(), List.of(set.replace("%s", CANARY))))
                .contains("wrong")
                .doesNotContain(CANARY);
    }

    /** All that a server lets people see of its configuration, or why it does not start. */
    private static String shown(Optional<Path> file, Map<String, String> environment, List<String> sets) {
        try {
            var loaded = Loaded.of(file, environment, sets);
            return loaded.configuration() + loaded.configuration().settings().toString() + loaded.warnings();
        } catch (ConfigException e) {
            return e + e.violations().toString();
        }
    }
}
