package dev.signalbox.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers are told when the database fails: what passes is told from what does not. */
@Timeout(180)
class DatabaseOutageTest {
    @TempDir
    Path folder;

    private final String url = RealPostgres.shared().freshDatabase();

    private Server start(String database) {
        List<String> sets = List.of(
                "data.folder=" + folder,
                "control.port=0",
                "clients.port=0",
                "auth.disabled=true",
                "database.url=" + database);
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }

    private static HttpResponse<String> get(Server server, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(server.controlUri().resolve(path)).build(), BodyHandlers.ofString());
        }
    }

    /** Of whatever feature the question is: all share one database. */
    @Test
    void aDatabaseThatIsAwayIsNamedAsSuch() throws Exception {
        List<String> paths =
                List.of("/api/templates", "/api/inboxes/alice", "/api/webhooks/endpoints", "/api/suppressions");
        try (FaultProxy proxy = FaultProxy.before(RealPostgres.shared().port());
                Server server = start(RealPostgres.through(proxy.port(), url))) {
            for (String path : paths) {
                assertThat(get(server, path).statusCode()).as(path).isEqualTo(200);
            }
            proxy.cut();
            for (String path : paths) {
                HttpResponse<String> answer = get(server, path);
                assertThat(answer.statusCode()).as(path).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).as(path).contains("5");
                assertThat(answer.body()).as(path).contains("the database is not available", "Try again later");
            }
        }
    }

    @Test
    void aTableThatIsMissingIsNotSaidToComeBackLater() throws Exception {
        try (Server server = start(url)) {
            drop("template");

            HttpResponse<String> answer = get(server, "/api/templates");

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("internal error").doesNotContain("later", "template t");
        }
    }

    private void drop(String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE " + table + " CASCADE");
        }
    }
}
