package dev.signalbox.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.SignalboxCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Whether the table of keys keeps its promises. */
class KeysTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    private static final Schema SCHEMA = SignalboxCommand.FEATURES.schema();

    @Test
    void noKeyIsDeclaredTwice() {
        assertThat(SCHEMA.keys()).extracting(Key::path).doesNotHaveDuplicates();
    }

    @Test
    void everyDefaultIsAllowed() {
        assertThat(SCHEMA.keys())
                .allSatisfy(key -> key.fallback()
                        .ifPresent(text ->
                                assertThat(key.kind().read().apply(text)).isNotNull()));
    }

    @Test
    void noTwoKeysShareAVariable() {
        assertThat(SCHEMA.paths().stream().map(Key::variable)).doesNotHaveDuplicates();
    }

    @Test
    void everyVariableLeadsBackToItsKey() {
        for (var key : SCHEMA.keys()) {
            String path = key.isNamed() ? key.at(12).replace(Key.NAME, "name") : key.at(12);
            assertThat(key.pathOf(key.variable().replace("*", "12"))).contains(path);
        }
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        if ("write".equals(System.getProperty("signalbox.docs"))) {
            Files.writeString(PAGE, ConfigurationPage.text(SCHEMA));
        }
        assertThat(PAGE).content().isEqualTo(ConfigurationPage.text(SCHEMA));
    }
}
