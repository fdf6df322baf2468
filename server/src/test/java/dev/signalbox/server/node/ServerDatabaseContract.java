package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.server.Run;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.TestServer;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server whose database is a server of its own. */
abstract class ServerDatabaseContract {
    private final String database;

    /** What the script of a table has there, and nowhere else. */
    private final String word;

    /** @param url of an empty database */
    ServerDatabaseContract(String url, String word) {
        this.database = "database.url=" + url;
        this.word = word;
    }

    @TempDir
    Path folder;

    private TestServer server(String... more) {
        return new TestServer(folder, settings(more));
    }

    private String[] settings(String... more) {
        return Stream.concat(
                        Stream.of(
                                database,
                                "delivery.active=one",
                                "delivery.messages-table.enabled=true",
                                "maintenance.cluster=true",
                                "delivery.webhook.allow-ranges=127.0.0.0/8",
                                "delivery.webhook.plain-http=true",
                                "digest.window=1s"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    @Test
    void whatItStoredIsThereAfterARestart() throws Exception {
        String sent;
        String waiting;
        try (TestServer server = server()) {
            sent = send(server, "sms:+61491570006", "Your table is ready");
            Awaitility.await().until(() -> state(server, sent).equals("SENT"));
            waiting = send(server, "sms:+61491570110", "See you tomorrow", "--at", "2036-01-01T00:00:00Z");
            assertThat(send(server, "inbox:alice", "Welcome")).isNotEmpty();
            Awaitility.await().until(() -> run(server, "inbox", "ls", "alice").contains("Welcome"));
            run(server, "suppression", "add", "sms:+61491570156");
            run(server, "preference", "deny", "bob", "--category", "news");
            run(
                    server,
                    "template",
                    "save",
                    "hello",
                    Files.writeString(folder.resolve("t"), "Hello {{name}}").toString());
            run(server, "webhook", "endpoints", "create", "http://127.0.0.1:1/hook", "--id", "orders");
            run(
                    server,
                    "attachment",
                    "save",
                    Files.writeString(folder.resolve("menu.txt"), "Soup").toString());
        }
        try (TestServer server = server()) {
            assertThat(state(server, sent)).isEqualTo("SENT");
            assertThat(state(server, waiting)).isEqualTo("PENDING");
            assertThat(run(server, "inbox", "ls", "alice")).contains("Welcome");
            assertThat(run(server, "suppression", "list")).contains("+61491570156");
            assertThat(run(server, "preference", "list", "bob")).contains("news");
            assertThat(run(server, "template", "list")).contains("hello");
            assertThat(run(server, "webhook", "endpoints", "list")).contains("http://127.0.0.1:1/hook");
            assertThat(server.run("health").exitCode()).isZero();
        }
    }

    @Test
    void aDigestIsGatheredAndSent() throws Exception {
        try (TestServer server = server()) {
            send(server, "digest:sms:+61491570006", "one");
            send(server, "digest:sms:+61491570006", "two");
            Awaitility.await()
                    .until(() -> server.provider.messages(1).stream()
                            .anyMatch(text -> text.content().contains("one")
                                    && text.content().contains("two")));
        }
    }

    @Test
    void budgetsOfModelsAreKeptThere() throws Exception {
        try (var model = LlmSimulator.start(LlmSimulatorOptions.defaults());
                TestServer server = server(
                        "llm.models.0.name=sim",
                        "llm.models.0.provider=ollama",
                        "llm.models.0.url=" + model.root(),
                        "llm.budget.store=database",
                        "llm.budget.total.tokens=1000000");
                var alice = new TestClient(
                        URI.create(server.clientsUrl()),
                        Files.readString(Path.of(server.tokenOf("alice"))),
                        TestClient::ack)) {
            alice.send("logic:llm", "{\"ask\":\"ping\",\"id\":\"q1\"}");
            Awaitility.await()
                    .until(() -> alice.messages().stream()
                            .anyMatch(
                                    message -> message.path("text").asString("").contains("\"done\"")));
        }
        try (Database kept = Database.open(DatabaseConfig.of(database.substring("database.url=".length())))) {
            assertThat(kept.read(ServerDatabaseContract::tokens)).isPositive();
        }
    }

    private static long tokens(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select sum(tokens) from signalbox_llm_budget")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Test
    void migrationsAreToldBeforeAndDone() {
        Run dry = Run.of("migrate", "--dry-run", "--set", database);
        assertThat(dry.exitCode()).isZero();
        assertThat(dry.out()).contains("create table delivery_message", "create table suppression", word);
        assertThat(Run.of("migrate", "--set", database).exitCode()).isZero();
        assertThat(Run.of("migrate", "--dry-run", "--set", database).out()).doesNotContain("create table");
    }

    private static String send(TestServer server, String to, String text, String... more) {
        return server.run(arguments(to, text, more)).json().path("id").asString();
    }

    private static String[] arguments(String to, String text, String... more) {
        String[] all = new String[more.length + 5];
        System.arraycopy(new String[] {"send", "--json", "--to", to, text}, 0, all, 0, 5);
        System.arraycopy(more, 0, all, 5, more.length);
        return all;
    }

    private static String state(TestServer server, String id) {
        return server.run("queue", "show", id, "--json").json().path("state").asString();
    }

    private static String run(TestServer server, String... arguments) {
        Run run = server.run(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }
}
