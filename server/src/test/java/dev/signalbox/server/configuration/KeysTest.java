package dev.signalbox.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.llm.LlmKeys;
import dev.signalbox.server.observatory.ObservatoryKeys;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whether the table of keys keeps its promises. */
class KeysTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void everyKeyIsInTheTable() {
        long declared = Stream.of(Keys.class, LlmKeys.class, ObservatoryKeys.class)
                .flatMap(table -> Arrays.stream(table.getDeclaredFields()))
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == Key.class)
                .count();
        assertThat(Keys.ALL).hasSize((int) declared).doesNotHaveDuplicates();
    }

    @Test
    void everyDefaultIsAllowed() {
        assertThat(Keys.ALL)
                .allSatisfy(key -> key.fallback()
                        .ifPresent(text ->
                                assertThat(key.kind().read().apply(text)).isNotNull()));
    }

    @Test
    void noTwoKeysShareAVariable() {
        assertThat(Keys.paths().stream().map(Key::variable)).doesNotHaveDuplicates();
    }

    @Test
    void everyVariableLeadsBackToItsKey() {
        for (var key : Keys.ALL) {
            assertThat(key.pathOf(key.variable().replace("*", "12"))).contains(key.at(12));
        }
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        if ("write".equals(System.getProperty("signalbox.docs"))) {
            Files.writeString(PAGE, ConfigurationPage.text());
        }
        assertThat(PAGE).content().isEqualTo(ConfigurationPage.text());
    }
}
