package dev.signalbox.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are not YAML are refused in our words, with line and column, and without what stands there. */
class YamlProblemTest {
    private static final String SECRET = "swordfish";

    @TempDir
    Path folder;

    static List<Arguments> files() {
        return List.of(
                Arguments.of("control:\n\tport: 1\n", "indented with a tab", "line 2 column 1"),
                Arguments.of("control:\n  port: 1\n host: h\n", "not indented like the lines", "line 3 column"),
                Arguments.of("control:\n  port: 1\n    host: h\n", "where no key can be", "line 3 column"),
                Arguments.of("database:\n  password: \"" + SECRET + "\n", "quote that is not closed", "line"),
                Arguments.of("database:\n  password: '" + SECRET + "\n", "quote that is not closed", "line"),
                Arguments.of("database:\n  password: \"" + SECRET + "\" x\n", "", "line 2"),
                Arguments.of("database: {password: " + SECRET + "\n", "not closed", "line"),
                Arguments.of("control: [\n", "not closed", "line"),
                Arguments.of("database:\n  password: @" + SECRET + "\n", "reserves", "line 2 column 13"),
                Arguments.of("database:\n  password: a: " + SECRET + "\n", "where no key can be", "line 2 column"),
                Arguments.of("database:\n  password: \"\\d" + SECRET + "\"\n", "escape", "line 2 column"),
                Arguments.of("database:\n  password: *" + SECRET + "\n", "alias", "line 2"),
                Arguments.of("control:\n  port: 1\n" + SECRET + "\n", "", "line"),
                Arguments.of("control:\n  port: 1\n  port: 2\n", "control.port: is given twice", "line 3 column"),
                Arguments.of("log:\n  level: info\nlog:\n  format: json\n", "log: is given twice", "line 3 column"),
                Arguments.of("log: {level: info}\n---\nlog: {format: json}\n", "second YAML document", "line 3"),
                Arguments.of("log: {level: info}\n---\n", "second YAML document", "line 3"),
                Arguments.of("log:\n  [a, b]: " + SECRET + "\n", "where a key must be", "line 2 column 3"),
                Arguments.of("log:\n  ? {a: [b]}\n  : " + SECRET + "\nnone: 1", "none: there is no such key", "line 4"),
                Arguments.of("# 🚦\nlog:\n  level: \u0007" + SECRET + "\n", "control character", "line 3 column 10"),
                Arguments.of("- " + SECRET + "\n", "has no keys", "line 1"),
                Arguments.of("log: " + "[".repeat(100) + "]".repeat(100), "nested too deeply", "line 1"),
                Arguments.of(SECRET + "\n", "has no keys", "line 1"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void saysWhatIsWrongAndWhere(String yaml, String words, String place) throws IOException {
        var file = Files.writeString(folder.resolve("signalbox.yaml"), yaml);
        var failure =
                catchThrowableOfType(ConfigException.class, () -> Loaded.of(Optional.of(file), Map.of(), List.of()));
        assertThat(failure)
                .hasMessageContaining(words)
                .hasMessageContaining("signalbox.yaml " + place)
                .hasMessageNotContainingAny(SECRET, "while ", "expected ", "snakeyaml", "reader", "<block");
    }

    @Test
    void aFileThatIsNotTextIsRefused() throws IOException {
        var file = Files.write(folder.resolve("signalbox.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});
        var failure =
                catchThrowableOfType(ConfigException.class, () -> Loaded.of(Optional.of(file), Map.of(), List.of()));
        assertThat(failure).hasMessageContaining("cannot be read: it is not UTF-8");
    }
}
