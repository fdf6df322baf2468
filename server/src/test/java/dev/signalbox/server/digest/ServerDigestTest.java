package dev.signalbox.server.digest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole server that gathers; windows are closed by hand, so that no test waits for one. */
class ServerDigestTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;

    private static SmtpSimulator mail;
    private static TestServer server;

    @BeforeAll
    static void start() {
        mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults());
        server = new TestServer(
                folder,
                "digest.window=1h",
                "digest.max=4",
                "suppression.opt-in=research",
                "delivery.email.host=127.0.0.1",
                "delivery.email.port=" + mail.port(),
                "delivery.email.encryption=none",
                "delivery.email.from=box@example.org");
    }

    @AfterAll
    static void stop() {
        server.close();
        mail.close();
    }

    @Test
    void threeMessagesBecomeOneMail() {
        String first = gather("digest:email:alice@example.com", "one", "--header", "subject=A comment");
        gather("digest:email:alice@example.com", "two", "--header", "subject=A like");
        String window = gather("digest:email:alice@example.com", "three", "--header", "subject=A comment");
        assertThat(window).isEqualTo(first);
        JsonNode waiting = show(window);
        assertThat(waiting.path("state").asString()).isEqualTo("PENDING");
        assertThat(waiting.path("nextAttemptAt").asString()).isNotEmpty();
        String digest = close(window);
        until(() -> state(digest).equals("SENT"));
        assertThat(mail.messages(100))
                .filteredOn(message -> message.recipients().contains("alice@example.com"))
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.header("Subject")).contains("A comment (and 2 more)");
                    assertThat(show(digest).path("body").asString()).isEqualTo("one\n\ntwo\n\nthree");
                });
    }

    @Test
    void aTemplateMakesTheMessage() throws IOException {
        Path text = Files.writeString(
                folder.resolve("digest.txt"), "{{count}} comments:{{#items}} {{subject}}: {{body}};{{/items}}");
        assertThat(server.run("template", "save", "comments", text.toString(), "--subject", "{{count}} comments")
                        .exitCode())
                .isZero();
        for (String body : new String[] {"Nice", "Nicer", "Nicest"}) {
            gather("digest:inbox:bob", body, "--header", "digest-template=comments", "--header", "subject=From Eve");
        }
        String full = send("digest:inbox:bob", "Best", "--header", "digest-template=comments", "--header", "subject=-");
        until(() -> state(full).equals("SENT"));
        until(() -> inbox("bob").size() == 1);
        JsonNode item = inbox("bob").get(0);
        assertThat(item.path("subject").asString()).isEqualTo("4 comments");
        assertThat(item.path("body").asString())
                .isEqualTo("4 comments: From Eve: Nice; From Eve: Nicer; From Eve: Nicest; -: Best;");
    }

    @Test
    void aTemplateThatIsMissingIsToldAndTheMessagesWait() throws IOException {
        String window = gather("digest:inbox:carol", "Hello", "--header", "digest-template=later");
        server.run("queue", "reschedule", window, "--in", "1ms");
        until(() -> errors(window)
                .contains("the digest cannot be made: template.name is not one: there is no template 'later'"));
        Path text = Files.writeString(folder.resolve("later.txt"), "{{count}}");
        server.run("template", "save", "later", text.toString());
        close(window);
        until(() -> inbox("carol").size() == 1);
    }

    /** Preferences count when the digest is sent, for the channel that it takes, and not when a message is gathered. */
    @Test
    void whatIsNotWantedIsNotSent() {
        server.run("preference", "deny", "dora", "--category", "news");
        server.run("preference", "allow", "dora", "--category", "news", "--channel", "inbox");
        String[] news = {"--header", "recipient=dora", "--header", "category=news"};
        String wanted = close(gather("digest:inbox:dora", "Hello", news));
        until(() -> state(wanted).equals("SENT"));
        assertThat(inbox("dora")).hasSize(1);
        String unwanted = close(gather("digest:email:dora@example.com", "Hello", news));
        until(() -> state(unwanted).equals("REJECTED"));
        assertThat(errors(unwanted)).contains("the recipient wants no news messages");
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThat(refusal("digest:alice")).contains("has no channel");
        assertThat(refusal("digest:fax:alice")).contains("channel `fax` is not configured");
        assertThat(refusal("digest:digest:inbox:alice")).contains("channel `digest` has no digests");
        assertThat(refusal("digest:webhook:https://example.org/")).contains("channel `webhook` has no digests");
        assertThat(refusal("digest:window:inbox:alice")).contains("channel `window` is not configured");
        assertThat(refusal("digest:sms:12")).contains("12");
        String wrong = send("digest:inbox:alice", "Hello", "--header", "digest-window=soon");
        until(() -> state(wrong).equals("REJECTED"));
        assertThat(errors(wrong)).contains("give 1s to 7d");
    }

    private static String refusal(String to) {
        Run run = server.run("send", "--to", to, "Hello");
        assertThat(run.exitCode()).as(to).isEqualTo(ExitCode.REFUSED);
        return run.err();
    }

    /** Sends into a digest and returns its window. */
    private static String gather(String to, String body, String... more) {
        String id = send(to, body, more);
        until(() -> state(id).equals("SENT"));
        return providerId(id);
    }

    /** Closes a window now and returns the digest. */
    private static String close(String window) {
        assertThat(server.run("queue", "reschedule", window, "--in", "1ms").exitCode())
                .isZero();
        until(() -> state(window).equals("SENT"));
        return providerId(window);
    }

    private static String providerId(String id) {
        JsonNode attempts = show(id).path("attempts");
        return attempts.get(attempts.size() - 1).path("providerId").asString();
    }

    private static String send(String to, String body, String... more) {
        Run run = server.run(Stream.concat(Stream.of("send", "--to", to, body, "--json"), Stream.of(more))
                .toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.json().path("id").asString();
    }

    /** Of all attempts, in full; a table cuts them. */
    private static String errors(String id) {
        return show(id).path("attempts").toString();
    }

    private static String state(String id) {
        return show(id).path("state").asString();
    }

    private static JsonNode show(String id) {
        return server.run("queue", "show", id, "--json").json();
    }

    private static JsonNode inbox(String recipient) {
        return server.run("inbox", "ls", recipient, "--json").json().path("items");
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).until(condition);
    }
}
