package dev.signalbox.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.contract.MovableClock;
import dev.signalbox.testing.services.StoreDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

class TemplateStoreTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final OptionalInt NEWEST = OptionalInt.empty();

    @Nested
    @ParameterizedClass
    @MethodSource("dev.signalbox.testing.services.StoreDatabase#each")
    class OnEachDatabase {
        private final StoreDatabase where;
        private Database database;
        private TemplateStore store;

        OnEachDatabase(StoreDatabase where) {
            this.where = where;
        }

        @BeforeEach
        void open() {
            database = Database.open(DatabaseConfig.of(where.url()));
            store = TemplateStore.on(database, new MovableClock(START));
            store.list("", 100).stream().map(MessageTemplate::name).distinct().forEach(store::delete);
        }

        @AfterEach
        void close() {
            database.close();
        }

        private MessageTemplate save(String name, String channel, String locale, String body) {
            return store.save(MessageTemplate.draft(name, channel, locale, Optional.empty(), body, false));
        }

        private String body(String channel, String locale) {
            return store.find("welcome", channel, locale, NEWEST)
                    .map(MessageTemplate::body)
                    .orElse("none");
        }

        @Test
        void isFoundAsItWasSaved() {
            MessageTemplate draft = MessageTemplate.draft(
                    "order.paid", "email", "de-at", Optional.of("Danke, {{name}}"), "<p>{{total}}</p>", true);
            MessageTemplate saved = store.save(draft);
            assertThat(saved.version()).isEqualTo(1);
            assertThat(saved.createdAt()).isEqualTo(START);
            assertThat(store.find("order.paid", "email", "de-AT", NEWEST)).contains(saved);
            assertThat(saved.variables()).containsExactly("name", "total");
            assertThat(saved.render(Map.of("name", "Zoë\nCo", "total", "<1>")))
                    .isEqualTo(new MessageTemplate.Rendered(Optional.of("Danke, Zoë Co"), "<p>&lt;1&gt;</p>", true));
        }

        @Test
        void theBestOfChannelAndLanguageIsTaken() {
            assertThat(body("email", "de-at")).isEqualTo("none");
            save("welcome", "", "", "any");
            save("welcome", "", "de", "any de");
            save("welcome", "sms", "", "sms");
            save("welcome", "sms", "de-at", "sms de-at");
            assertThat(body("email", "fr")).isEqualTo("any");
            assertThat(body("email", "de_CH")).isEqualTo("any de");
            assertThat(body("sms", "de-at")).isEqualTo("sms de-at");
            assertThat(body("sms", "de-ch")).as("the channel's own first").isEqualTo("sms");
            assertThat(body("", "de")).isEqualTo("any de");
            assertThat(body("", "de\u0000")).as("what no database keeps").isEqualTo("none");
        }

        @Test
        void aChangeAddsAVersion() {
            save("welcome", "", "", "one");
            assertThat(save("welcome", "", "", "two").version()).isEqualTo(2);
            assertThat(save("welcome", "", "", "two").version())
                    .as("nothing new")
                    .isEqualTo(2);
            assertThat(body("", "")).isEqualTo("two");
            assertThat(store.find("welcome", "sms", "de", OptionalInt.of(1)).map(MessageTemplate::body))
                    .contains("one");
            assertThat(store.find("welcome", "sms", "de", OptionalInt.of(3))).isEmpty();
        }

        @Test
        void itsEngineIsKeptAndAnotherOneIsAChange() {
            save("welcome", "", "", "Hello {{ name }}");
            MessageTemplate saved = store.save(MessageTemplate.draft(
                    "welcome",
                    "",
                    "",
                    TemplateEngine.PEBBLE,
                    Optional.of("{{ name | upper }}"),
                    "Hello {{ name }}",
                    false));
            assertThat(saved.version()).isEqualTo(2);
            assertThat(store.find("welcome", "", "", NEWEST)).contains(saved);
            assertThat(saved.render(Map.of("name", "Zoë")).subject()).contains("ZOË");
            assertThat(store.find("welcome", "", "", OptionalInt.of(1)).map(MessageTemplate::engine))
                    .contains(TemplateEngine.MUSTACHE);
        }

        @Test
        void isListedByNameAndDeletedWhole() {
            save("b", "", "", "b1");
            save("b", "", "", "b2");
            save("b", "", "de", "b de");
            save("a", "", "", "a");
            save("c", "", "", "c");
            assertThat(store.list("", 2)).extracting(MessageTemplate::body).containsExactly("a", "b2", "b de");
            assertThat(store.list("b", 2)).extracting(MessageTemplate::body).containsExactly("c");
            assertThat(store.delete("b")).isTrue();
            assertThat(store.delete("b")).isFalse();
            assertThat(store.list("", 9)).extracting(MessageTemplate::body).containsExactly("a", "c");
        }

        @Test
        void twoThatSaveAtOnceBothGetAVersion() throws Exception {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<Integer>> saves = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    String text = "text " + i;
                    saves.add(() -> save("welcome", "", "", text).version());
                }
                List<Integer> versions = new ArrayList<>();
                for (Future<Integer> version : threads.invokeAll(saves)) {
                    versions.add(version.get());
                }
                assertThat(versions).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
            }
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatThrownBy(() -> draft("Upper", "", "", "x")).hasMessageContaining("name is not");
        assertThatThrownBy(() -> draft("a", "E-Mail", "", "x")).hasMessageContaining("channel is not");
        assertThatThrownBy(() -> draft("a", "", "german!", "x")).hasMessageContaining("locale is not");
        assertThatThrownBy(() -> draft("a", "", "", "{{#x}}")).hasMessageStartingWith("body: ");
        assertThatThrownBy(() -> MessageTemplate.draft("a", "", "", Optional.of("{{>x}}"), "x", false))
                .hasMessageStartingWith("subject: ");
        assertThatThrownBy(() -> draft("a", "", "", "{{x}}").render(Map.of("x", " ")))
                .hasMessageContaining("nothing is left");
    }

    private static MessageTemplate draft(String name, String channel, String locale, String body) {
        return MessageTemplate.draft(name, channel, locale, Optional.empty(), body, false);
    }
}
