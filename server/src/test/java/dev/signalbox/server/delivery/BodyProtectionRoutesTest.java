package dev.signalbox.server.delivery;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.node.RunningControlPlane;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Bodies that are encrypted, or removed once they were sent, as REST shows them. */
class BodyProtectionRoutesTest {
    private static final String KEY = "k1:" + Base64.getEncoder().encodeToString(new byte[32]);

    @TempDir
    private Path folder;

    private RunningControlPlane server(String... settings) {
        return new RunningControlPlane(folder, RunningControlPlane.Setup.USUAL.withSettings(settings));
    }

    private static JsonNode get(RunningControlPlane server, String role, String path) throws Exception {
        return json(server.send(HttpRequest.newBuilder(server.uri(path)).header("Authorization", "Bearer " + role)));
    }

    @Test
    void encryptedBodyIsShownToAdminsOnly() throws Exception {
        Path file = Files.writeString(folder.resolve("body-keys"), KEY + "\n");
        try (RunningControlPlane server = server("delivery.body-keys-file=" + file)) {
            String id = server.enqueued(SMS);

            assertThat(get(server, "admin", "/api/messages/" + id).get("body").asString())
                    .isEqualTo("hello");
            for (String role : List.of("reader", "sender")) {
                JsonNode shown = get(server, role, "/api/messages/" + id);
                assertThat(shown.get("body").asString()).isEqualTo("encrypted");
                assertThat(shown.get("bodyWithheld").asString()).isEqualTo("encrypted");
                JsonNode listed =
                        get(server, role, "/api/messages").get("items").get(0);
                assertThat(listed.get("body").asString()).isEqualTo("encrypted");
            }
            server.dispatch(new SendResult.Accepted(Optional.empty()));
            assertThat(get(server, "reader", "/api/messages/sent")
                            .get("messages")
                            .get(0)
                            .get("content")
                            .asString())
                    .isEqualTo("encrypted");
        }
    }

    @Test
    void bodyThatWasRemovedSaysSoToEverybody() throws Exception {
        try (RunningControlPlane server = server("delivery.redact-sent=true")) {
            String id = server.enqueued(SMS);
            assertThat(get(server, "reader", "/api/messages/" + id).get("body").asString())
                    .isEqualTo("hello");
            server.dispatch(new SendResult.Accepted(Optional.empty()));

            JsonNode shown = get(server, "admin", "/api/messages/" + id);
            assertThat(shown.get("body").asString()).isEqualTo("redacted");
            assertThat(shown.get("bodyWithheld").asString()).isEqualTo("redacted");
        }
    }

    @Test
    void keyThatIsNoneIsNamedAndNotShown() {
        assertThatThrownBy(() -> SignalboxCommand.FEATURES.load(
                        Optional.empty(), Map.of(), List.of("delivery.body-keys=k1:bm90IGEga2V5")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("delivery.body-keys")
                .hasMessageContaining("32 bytes in Base64")
                .hasMessageNotContaining("bm90IGEga2V5");
    }
}
