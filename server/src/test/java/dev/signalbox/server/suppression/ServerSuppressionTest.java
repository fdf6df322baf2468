package dev.signalbox.server.suppression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import dev.signalbox.testing.simulator.WebhookSimulator;
import dev.signalbox.testing.simulator.WebhookSimulatorOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/** A whole server that mails and posts, and those who want nothing of it. */
class ServerSuppressionTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String PUBLIC = "https://mail.example.org/unsubscribe";
    private static final String BOUNCE = """
            From: MAILER-DAEMON@mx.example.org
            To: bounces@example.org
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary="b"

            --b
            Content-Type: text/plain

            It could not be delivered.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.org

            Final-Recipient: rfc822; Gone@example.com
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 User unknown

            Final-Recipient: rfc822; full@example.com
            Action: failed
            Status: 5.2.2
            --b--
            """;

    @TempDir
    Path folder;

    private String url = "";

    @Test
    void whoIsSuppressedGetsNothingUntilTakenBack() {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail)) {
            assertThat(suppression("add", "email:Alice@Example.com", "--note", "asked by phone")
                            .json()
                            .path("added")
                            .asBoolean())
                    .isTrue();
            assertThat(run("suppression", "add", "email:alice@example.com").out())
                    .contains("was suppressed for this reason already");
            String id = send("email:alice@example.com");
            until(() -> state(id).equals("REJECTED"));
            assertThat(run("queue", "show", id).out()).contains("the address is suppressed: an operator entered it");
            String next = send("email:alice@example.com > email:bob@example.com");
            until(() -> state(next).equals("SENT"));
            assertThat(mail.messages(10))
                    .singleElement()
                    .satisfies(message -> assertThat(message.recipients()).containsExactly("bob@example.com"));
            assertThat(run("suppression", "list").out())
                    .contains("email:alice@example.com", "operator", "asked by phone");
            assertThat(suppression("remove", "email:alice@example.com")
                            .json()
                            .path("removed")
                            .asInt())
                    .isEqualTo(1);
            assertThat(run("suppression", "remove", "email:alice@example.com").exitCode())
                    .isEqualTo(ExitCode.REFUSED);
            assertThat(run("queue", "retry", id).exitCode()).isZero();
            until(() -> state(id).equals("SENT"));
        }
    }

    @Test
    void aBounceSuppressesWhoDoesNotExist() throws Exception {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail)) {
            Path bounce = Files.writeString(folder.resolve("bounce.eml"), BOUNCE.replace("\n", "\r\n"));
            Path other = Files.writeString(folder.resolve("other.eml"), "Subject: Away\r\n\r\nI am away.\r\n");
            assertThat(run("suppression", "report", bounce.toString()).out())
                    .isEqualToIgnoringNewLines("bounce: suppressed: email:gone@example.com");
            assertThat(run("suppression", "report", other.toString()).out())
                    .isEqualToIgnoringNewLines("none: nobody is suppressed");
            assertThat(suppression("list", "--reason", "bounce").json().path("items"))
                    .singleElement()
                    .satisfies(entry -> {
                        assertThat(entry.path("note").asString()).contains("User unknown");
                        assertThat(entry.path("source").asString()).isEqualTo("mx.example.org");
                    });
            String id = send("email:gone@example.com", "--header", "category=transactional");
            until(() -> state(id).equals("REJECTED"));
            assertThat(mail.stats().accepted()).isZero();
        }
    }

    @Test
    void oneClickUnsubscribesFromACategory() throws Exception {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail, "suppression.unsubscribe-url=" + PUBLIC)) {
            String first = send("email:alice@example.com", "--header", "category=news");
            until(() -> state(first).equals("SENT"));
            var message = mail.messages(1).getFirst();
            assertThat(message.header("List-Unsubscribe-Post")).contains("List-Unsubscribe=One-Click");
            String link = message.header("List-Unsubscribe").orElseThrow().replaceAll("[\\s<>]", "");
            assertThat(link).startsWith(PUBLIC);
            URI here = URI.create(url).resolve(link.substring("https://mail.example.org".length()));
            HttpResponse<String> page = HTTP.send(HttpRequest.newBuilder(here).build(), BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("<button");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'");
            assertThat(suppression("list").json().path("items").size())
                    .as("opening the link changes nothing")
                    .isZero();
            assertThat(post(here, "List-Unsubscribe=No").statusCode()).isEqualTo(400);
            assertThat(post(URI.create(here + "x"), "List-Unsubscribe=One-Click")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(post(here, "List-Unsubscribe=One-Click").statusCode()).isEqualTo(200);
            assertThat(post(here, "List-Unsubscribe=One-Click").statusCode())
                    .as("once more changes nothing")
                    .isEqualTo(200);
            String silenced = send("email:alice@example.com", "--header", "category=news");
            until(() -> state(silenced).equals("REJECTED"));
            for (String category : List.of("offers", "transactional")) {
                String id = send("email:alice@example.com", "--header", "category=" + category);
                until(() -> state(id).equals("SENT"));
            }
            assertThat(mail.messages(1).getFirst().header("List-Unsubscribe"))
                    .as("what cannot be silenced has no link")
                    .isEmpty();
        }
    }

    @Test
    void aUrlThatIsGoneGetsNothingMore() {
        WebhookKey key = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
        try (var receiver = WebhookSimulator.start(WebhookSimulatorOptions.defaults()
                        .withBehaviour(Behaviour.perfect().withRefused(Set.of("/old"))));
                var _ = server(
                        "delivery.webhook.allow-ranges=127.0.0.0/8",
                        "delivery.webhook.plain-http=true",
                        "delivery.webhook.url-secret=" + key.secret())) {
            String first = send("webhook:" + receiver.url("/old"));
            until(() -> state(first).equals("REJECTED"));
            String second = send("webhook:" + receiver.url("/old"));
            until(() -> state(second).equals("REJECTED"));
            assertThat(run("queue", "show", second).out()).contains("the address is suppressed: it is gone (410)");
            assertThat(receiver.stats().requests()).isEqualTo(1);
        }
    }

    @Test
    void atEnqueueByChoice() {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail, "suppression.at-enqueue=true", "suppression.unsilenced=receipts")) {
            suppression("add", "email:alice@example.com", "--reason", "unsubscribe");
            Run refused = run("send", "--to", "email:alice@example.com", "Hello");
            assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(refused.err())
                    .contains("cannot be reached: the address is suppressed: the recipient unsubscribed");
            assertThat(run("send", "--to", "email:alice@example.com > email:bob@example.com", "Hello")
                            .exitCode())
                    .as("one step is left")
                    .isZero();
            String receipt = send("email:alice@example.com", "--header", "category=receipts");
            until(() -> state(receipt).equals("SENT"));
        }
    }

    /** One person, whatever the channel; the exact entry decides, and no wish holds back what must arrive. */
    @Test
    void aPersonGetsWhatTheyWant() {
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
                var _ = server(mail, "suppression.opt-in=research")) {
            assertThat(run("preference", "deny", "alice", "--category", "news").out())
                    .isEqualToIgnoringNewLines("alice wants no news messages");
            String news = toAlice("email:alice@example.com > inbox:alice", "news");
            until(() -> state(news).equals("REJECTED"));
            assertThat(run("queue", "show", news).out()).contains("the recipient wants no news messages");
            assertThat(run("preference", "allow", "alice", "--category", "news", "--channel", "inbox")
                            .out())
                    .isEqualToIgnoringNewLines("alice wants news messages over inbox");
            String inboxed = toAlice("email:alice@example.com > inbox:alice", "news");
            until(() -> state(inboxed).equals("SENT"));
            assertThat(mail.stats().accepted()).isZero();
            assertThat(run("inbox", "ls", "alice").out()).contains("Hello");
            String research = toAlice("email:alice@example.com", "research");
            until(() -> state(research).equals("REJECTED"));
            run("preference", "allow", "alice", "--category", "research");
            run("preference", "deny", "alice");
            for (String category : List.of("research", "transactional")) {
                String id = toAlice("email:alice@example.com", category);
                until(() -> state(id).equals("SENT"));
            }
            assertThat(run("preference", "list", "alice").out())
                    .containsSubsequence("all", "no", "news", "inbox", "yes", "research");
            assertThat(run("preference", "remove", "alice", "--category", "news", "--json")
                            .json()
                            .path("removed")
                            .asInt())
                    .isEqualTo(2);
            assertThat(run("preference", "remove", "bob").exitCode()).isEqualTo(ExitCode.REFUSED);
        }
    }

    private String toAlice(String to, String category) {
        return send(to, "--header", "recipient=alice", "--header", "category=" + category);
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatThrownBy(
                        () -> server("suppression.unsubscribe-url=http://example.org/", "suppression.unsilenced=A b"))
                .hasMessageContaining("suppression.unsubscribe-url")
                .hasMessageContaining("must be https")
                .hasMessageContaining("suppression.unsilenced");
        assertThatThrownBy(() -> server("suppression.opt-in=news transactional"))
                .hasMessageContaining("suppression.opt-in")
                .hasMessageContaining("cannot be silenced");
        try (var _ = server()) {
            assertThat(run("preference", "deny", "a\nb", "--category", "Big News", "--channel", "E mail")
                            .err())
                    .contains("recipient holds a character", "category must be", "channel must be a channel");
            assertThat(run("suppression", "add", "alice", "--reason", "bored", "--category", "Big News")
                            .err())
                    .contains("to ", "has no channel", "reason must be one of bounce", "category must be");
            assertThat(run("suppression", "list", "--after", "nowhere").err())
                    .contains("after is not the end of a page");
        }
    }

    private static HttpResponse<String> post(URI link, String body) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(link)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private String send(String to, String... more) {
        Run run = run(Stream.concat(Stream.of("send", "--to", to, "Hello", "--json"), Stream.of(more))
                .toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.json().path("id").asString();
    }

    private String state(String id) {
        return run("queue", "show", id, "--json").json().path("state").asString();
    }

    private Run suppression(String... arguments) {
        return run(Stream.concat(Stream.of("suppression"), Stream.concat(Stream.of(arguments), Stream.of("--json")))
                .toArray(String[]::new));
    }

    private Run run(String... arguments) {
        return Run.of(Stream.concat(Stream.of(arguments), Stream.of("--url", url, "--data", folder.toString()))
                .toArray(String[]::new));
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
    }

    private Server server(SmtpSimulator mail, String... settings) {
        return server(Stream.concat(
                        Stream.of(
                                "delivery.email.host=127.0.0.1",
                                "delivery.email.port=" + mail.port(),
                                "delivery.email.encryption=none",
                                "delivery.email.from=box@example.org"),
                        Stream.of(settings))
                .toArray(String[]::new));
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
