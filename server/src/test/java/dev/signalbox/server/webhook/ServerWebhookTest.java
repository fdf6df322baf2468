package dev.signalbox.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import dev.signalbox.testing.simulator.WebhookSimulator;
import dev.signalbox.testing.simulator.WebhookSimulatorOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole server that posts to a simulated receiver, told what to do by the command line. */
class ServerWebhookTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String HERE = "delivery.webhook.allow-ranges=127.0.0.0/8";
    private static final String PLAIN = "delivery.webhook.plain-http=true";

    @TempDir
    Path folder;

    private String url = "";

    @Test
    void anEndpointGetsWhatIsSentToIt() throws Exception {
        WebhookKey key = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
        Path secret = Files.writeString(folder.resolve("secret"), key.secret() + "\n");
        try (var receiver = WebhookSimulator.start(
                        WebhookSimulatorOptions.defaults().withKeys(List.of(key.verifier())));
                var _ = server(HERE, PLAIN)) {
            JsonNode made = endpoints(
                            "create",
                            receiver.url("/orders").toString(),
                            "--id",
                            "orders",
                            "--secret-file",
                            secret.toString())
                    .json();
            assertThat(made.path("secret").asString()).isEqualTo(key.secret());
            assertThat(endpoints("test", "orders").json().path("result").asString())
                    .isEqualTo("accepted");
            assertThat(receiver.messages(1).getFirst().body()).contains("signalbox.test");
            assertThat(run("send", "--to", "webhook:orders", "{\"type\":\"order.paid\"}")
                            .exitCode())
                    .isZero();
            until(() -> receiver.stats().accepted() == 2);
            assertThat(receiver.messages(1).getFirst().body()).isEqualTo("{\"type\":\"order.paid\"}");
            assertThat(receiver.stats().unsigned()).isZero();
        }
    }

    /** Once it was shown to the one who made it, a secret is in no answer, and never in the database's list. */
    @Test
    void aSecretIsShownOnce() {
        try (var receiver = WebhookSimulator.start(WebhookSimulatorOptions.defaults());
                var _ = server(HERE, PLAIN)) {
            String first = endpoints("create", receiver.url("/").toString(), "--id", "a", "--kind", "ed25519")
                    .json()
                    .path("secret")
                    .asString();
            assertThat(first).startsWith("whsk_");
            JsonNode rotated = endpoints("rotate", "a", "--overlap", "1h").json();
            String second = rotated.path("secret").asString();
            assertThat(rotated.path("keys").size()).isEqualTo(2);
            assertThat(second).startsWith("whsk_").isNotEqualTo(first);
            for (Run shown : List.of(
                    endpoints("list"), endpoints("show", "a"), endpoints("disable", "a"), endpoints("enable", "a"))) {
                assertThat(shown.exitCode()).isZero();
                assertThat(shown.out()).contains("whpk_").doesNotContain(first, second, "whsk_");
            }
        }
    }

    @Test
    void whatAnEndpointMissedIsReplayed() {
        Instant before = Instant.now().minusSeconds(60);
        try (var receiver = WebhookSimulator.start(WebhookSimulatorOptions.defaults());
                var _ = server(HERE, PLAIN)) {
            endpoints("create", receiver.url("/").toString(), "--id", "orders");
            endpoints("disable", "orders", "--reason", "maintenance");
            String id = run("send", "--to", "webhook:orders", "{}", "--json")
                    .json()
                    .path("id")
                    .asString();
            until(() -> state(id).equals("REJECTED"));
            Run refused = endpoints("replay", "orders", "--since", before.toString());
            assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(refused.err()).contains("disabled; enable it first");
            endpoints("enable", "orders");
            JsonNode counted = endpoints("replay", "orders", "--since", before.toString(), "--dry-run")
                    .json();
            assertThat(counted.path("matched").asInt()).isEqualTo(1);
            assertThat(receiver.stats().requests()).isZero();
            assertThat(endpoints("replay", "orders", "--since", before.toString())
                            .json()
                            .path("changed")
                            .asInt())
                    .isEqualTo(1);
            until(() -> state(id).equals("SENT"));
            assertThat(receiver.messages(1).getFirst().id()).isEqualTo(id);
        }
    }

    @Test
    void anEndpointThatIsGoneIsDisabledAndSomebodyIsTold() throws Exception {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var receiver = WebhookSimulator.start(WebhookSimulatorOptions.defaults()
                        .withBehaviour(Behaviour.perfect().withRefused(Set.of("/old"))));
                var _ = server(
                        HERE,
                        PLAIN,
                        "delivery.webhook.notice=email:ops@example.com",
                        "delivery.email.host=127.0.0.1",
                        "delivery.email.port=" + mail.port(),
                        "delivery.email.encryption=none",
                        "delivery.email.from=box@example.org")) {
            endpoints("create", receiver.url("/old").toString(), "--id", "old");
            run("send", "--to", "webhook:old", "{}");
            until(() -> mail.stats().accepted() == 1);
            var notice = mail.messages(1).getFirst();
            assertThat(notice.recipients()).containsExactly("ops@example.com");
            assertThat(notice.header("Subject")).contains("The webhook endpoint old was disabled");
            JsonNode shown = endpoints("show", "old").json();
            assertThat(shown.path("disabled").path("cause").asString()).isEqualTo("gone");
            until(() -> get("/health").contains("1 endpoint was disabled because of failures"));
            assertThat(get("/metrics"))
                    .containsPattern("signalbox_webhook_endpoints_disabled_total\\{cause=\"gone\".*} 1");
        }
    }

    @Test
    void whatCannotBeIsRefusedBeforeItIsThere() {
        try (var _ = server()) {
            for (String wrong : List.of("https://127.0.0.1/", "https://169.254.169.254/", "http://example.com/", "x")) {
                Run run = endpoints("create", wrong);
                assertThat(run.exitCode()).as(wrong).isEqualTo(ExitCode.REFUSED);
                assertThat(run.err()).contains("url ");
            }
            assertThat(endpoints("create", "https://127.0.0.1/", "--id", "UPPER")
                            .err())
                    .contains("id must be", "url leads to 127.0.0.1");
            assertThat(run("send", "--to", "webhook:nobody", "{}").err())
                    .contains("'nobody' is not the id of a webhook endpoint");
            assertThat(run("send", "--to", "webhook:https://example.com/", "{}").err())
                    .contains("delivery.webhook.url-secret");
            assertThat(endpoints("show", "nobody").err()).contains("no webhook endpoint nobody");
            assertThat(endpoints("list").json().path("items").size()).isZero();
        }
    }

    @Test
    void aUrlIsAnAddressWithASecretForThose() {
        WebhookKey key = WebhookKey.generate(WebhookKey.Kind.ED25519);
        try (var receiver = WebhookSimulator.start(
                        WebhookSimulatorOptions.defaults().withKeys(List.of(key.verifier())));
                var _ = server(HERE, PLAIN, "delivery.webhook.url-secret=" + key.secret())) {
            assertThat(run("send", "--to", "webhook:" + receiver.url("/direct"), "Hello")
                            .exitCode())
                    .isZero();
            until(() -> receiver.stats().accepted() == 1);
            assertThat(receiver.messages(1).getFirst().path()).isEqualTo("/direct");
            assertThat(run("send", "--to", "webhook:http://10.0.0.1/", "Hello").err())
                    .contains("10.0.0.0/8");
        }
    }

    @Test
    void anEndpointIsChangedAndRemoved() {
        try (var receiver = WebhookSimulator.start(WebhookSimulatorOptions.defaults());
                var _ = server(HERE, PLAIN)) {
            endpoints("create", receiver.url("/a").toString(), "--id", "a");
            assertThat(endpoints("create", receiver.url("/a").toString(), "--id", "a")
                            .err())
                    .contains("already");
            Run changed =
                    endpoints("change", "a", "--new-url", receiver.url("/b").toString(), "--description", "invoices");
            assertThat(changed.json().path("url").asString()).endsWith("/b");
            assertThat(run("webhook", "endpoints", "list").out()).contains("invoices", "enabled");
            assertThat(endpoints("delete", "a", "--yes").json().path("deleted").asString())
                    .isEqualTo("a");
            assertThat(endpoints("delete", "a", "--yes").exitCode()).isEqualTo(ExitCode.REFUSED);
        }
    }

    @Test
    void whatDoesNotFitTogetherIsNamedAtOnce() {
        assertThatThrownBy(() -> server(
                        "delivery.webhook.connect-timeout=10s",
                        "delivery.webhook.timeout=5s",
                        "delivery.webhook.allow-ranges=10.0.0.1/8",
                        "delivery.webhook.url-secret=whsec_short",
                        "delivery.webhook.ca-file=" + folder.resolve("none.pem"),
                        "delivery.webhook.notice=nobody"))
                .hasMessageContaining("delivery.webhook.connect-timeout")
                .hasMessageContaining("delivery.webhook.allow-ranges")
                .hasMessageContaining("delivery.webhook.url-secret")
                .hasMessageContaining("delivery.webhook.ca-file")
                .hasMessageContaining("delivery.webhook.notice");
        assertThatThrownBy(() -> server("delivery.webhook.notice=email:ops@example.com"))
                .hasMessageContaining("delivery.webhook.notice cannot be used: channel `email` is not configured");
    }

    @Test
    void theSimulatorNamesAWrongKey() {
        Run run = Run.of("simulator", "webhook", "--key", "secret");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("begins with whsec_ or whpk_");
    }

    private String state(String id) {
        return run("queue", "show", id, "--json").json().path("state").asString();
    }

    private String get(String path) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(url).resolve(path))
                                .header(
                                        "Authorization",
                                        "Bearer "
                                                + AdminToken.find(folder)
                                                        .orElseThrow()
                                                        .value())
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private Run endpoints(String... arguments) {
        return run(Stream.concat(
                        Stream.of("webhook", "endpoints"), Stream.concat(Stream.of(arguments), Stream.of("--json")))
                .toArray(String[]::new));
    }

    private Run run(String... arguments) {
        return Run.of(Stream.concat(Stream.of(arguments), Stream.of("--url", url, "--data", folder.toString()))
                .toArray(String[]::new));
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
    }

    private Server server(String... settings) {
        var all = new ArrayList<String>(List.of("data.folder=" + folder, "control.port=0", "clients.port=0"));
        all.addAll(List.of(settings));
        Server server = Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), all));
        url = server.controlUri().toString();
        return server;
    }
}
