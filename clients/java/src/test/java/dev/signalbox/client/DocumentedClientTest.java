package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Logic;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of docs/clients.md, run, and compared with the page line by line. */
@Timeout(60)
class DocumentedClientTest extends ClientFixture {
    private static final Path PAGE = Path.of("..", "..", "docs", "clients.md");
    private static final Path SELF =
            Path.of("src", "test", "java", "dev", "signalbox", "client", "DocumentedClientTest.java");

    private final List<String> shown = new CopyOnWriteArrayList<>();

    private void show(String text) {
        shown.add(text);
    }

    private static String freshToken() {
        return "good-alice";
    }

    @Test
    void itWorks() {
        router.add("echo", Logic.worker((message, context) -> context.reply(message, message.payload())));
        URI url = URI.create("ws://127.0.0.1:" + proxy.port() + "/ws");
        ClientListener listener = ClientListener.NONE;
        // The example begins.
        ClientOptions options = ClientOptions.withTokens(() -> freshToken());
        try (SignalboxClient client = SignalboxClient.connect(url, options, listener)) {
            Subscription news = client.subscribe("news", new TopicStart.Oldest(), message -> show(message.text()))
                    .join();
            Published published = client.publish("news", Draft.json(Map.of("headline", "hello")))
                    .join();
            Message reply = client.request("logic:echo", Draft.text("what time is it?"), Duration.ofSeconds(5))
                    .join();
            show(published.position().offset() + " " + reply.text());
            news.unsubscribe().join();
        }
        // The example ends.
        assertThat(shown).contains("1 what time is it?", "{\"headline\":\"hello\"}");
    }

    @Test
    void itIsWhatThePageShows() throws IOException {
        List<String> source = Files.readAllLines(SELF);
        List<String> example = source
                .subList(
                        source.indexOf("        // The example begins.") + 1,
                        source.indexOf("        // The example ends."))
                .stream()
                .map(line -> line.substring("        ".length()))
                .toList();
        assertThat(example).hasSizeGreaterThan(5);
        assertThat(Files.readString(PAGE)).contains("```java\n" + String.join("\n", example) + "\n```");
    }
}
