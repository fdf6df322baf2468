package dev.signalbox.delivery.sms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
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
 * Conversations with Prism, which takes requests only as Twilio's own OpenAPI file has them. Twilio publishes it in its npm package
 * {@code @twilio/cli-core}. Of the file's thousands of operations Prism gets those on messages, since the whole takes half a minute.
 */
class TwilioPrismTest {
    private static final Path FILE = Prism.MODULES.resolve(
            Path.of("@twilio", "cli-core", "src", "services", "twilio-api", "twilio_api_v2010.json"));
    private static final String MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
    private static final String ACCOUNT = "AC0123456789abcdef0123456789abcdef";

    private static @Nullable Prism prism;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Prism.assumeThere(FILE);
        prism = Prism.start(messages(), folder);
    }

    /** The file without the operations, and without the schemas, that have nothing to do with messages. */
    private static JsonNode messages() {
        ObjectNode whole = (ObjectNode) JsonMapper.shared().readTree(FILE.toFile());
        JsonNode operations = whole.path("paths").path(MESSAGES);
        assertThat(operations.isObject()).as(MESSAGES).isTrue();
        whole.putObject("paths").set(MESSAGES, operations);
        ObjectNode schemas = (ObjectNode) whole.path("components").path("schemas");
        schemas.retain(schemas.propertyNames().stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).contains("message"))
                .toList());
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
    void aMessageIsTakenWithItsSid() {
        for (String from : List.of("+15005550006", "MG0123456789abcdef0123456789abcdef")) {
            assertThat(prism().send(TwilioProvider.of(prism().url(), ACCOUNT, "token", from)
                            .withCallback(URI.create("https://box.example/callbacks/sms"))))
                    .as(from)
                    .isInstanceOfSatisfying(
                            SendResult.Accepted.class,
                            accepted ->
                                    assertThat(accepted.providerId().orElse("")).matches("(SM|MM)[0-9a-fA-F]{32}"));
        }
    }

    /** What shows that Prism checks: one without its recipient is refused. */
    @Test
    void whatTheFileDoesNotAllowIsRefused() throws Exception {
        String login = Base64.getEncoder().encodeToString((ACCOUNT + ":token").getBytes(StandardCharsets.UTF_8));
        assertThat(prism().post(
                                MESSAGES.replace("{AccountSid}", ACCOUNT),
                                "From=%2B15005550006&Body=x",
                                "Authorization",
                                "Basic " + login))
                .isEqualTo(422);
    }
}
