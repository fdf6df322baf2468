package dev.signalbox.server.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.services.RealRedis;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What probes and load balancers are told while something that the node needs is away, as operators of other systems reported it. */
@Timeout(180)
class OutageHealthTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Server> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(Server::close);
        http.close();
    }

    private Server start(String name, String... more) {
        List<String> sets = new ArrayList<>(List.of(
                "data.folder=" + folder.resolve(name), "control.port=0", "clients.port=0", "auth.disabled=true"));
        sets.addAll(List.of(more));
        Server server = Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
        servers.add(server);
        return server;
    }

    private HttpResponse<String> get(Server server, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(server.controlUri().resolve(path))
                        .timeout(PATIENCE)
                        .build(),
                BodyHandlers.ofString());
    }

    private void becomes(Server server, int readiness) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(get(server, "/health/ready").statusCode()).isEqualTo(readiness));
    }

    private void leads(Server server) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(server, "/api/ha").body()).contains("\"role\":\"SERVING\""));
    }

    /** Reported: vectorize-io/hindsight#3329. A restart would not bring the database back. */
    @Test
    void withoutItsDatabaseANodeIsAliveAndNotReady() throws Exception {
        String url = RealPostgres.shared().freshDatabase();
        try (FaultProxy proxy = FaultProxy.before(RealPostgres.shared().port())) {
            Server server = start("one", "database.url=" + RealPostgres.through(proxy.port(), url));
            becomes(server, 200);
            proxy.cut();
            becomes(server, 503);
            assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
            proxy.heal();
            becomes(server, 200);
        }
    }

    /** Reported: livekit/livekit#4663. The node that led stops sending; it neither drains nor asks to be restarted, and leads again. */
    @Test
    void withoutTheRedisOfItsLeaseANodeIsAliveAndReadyAndLeadsAgainAfterwards() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Server server =
                    start("one", "delivery.active=one", "ha.lease=2s", "ha.store=redis", "ha.redis.url=" + redis.url());
            leads(server);
            redis.kill();
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(get(server, "/api/ha").body()).contains("\"role\":\"WAITING\"", "problem"));
            assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
            assertThat(get(server, "/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(server, "/api/maintenance").body()).contains("\"admission\":\"OPEN\"");
            redis.startAgain();
            leads(server);
        }
    }

    /** Reported: azents/azents#830. If only the leader were ready, no roll-out would ever get on. */
    @Test
    void aNodeThatWaitsIsReady() throws Exception {
        String url = RealPostgres.shared().freshDatabase();
        Server leader = start("one", "database.url=" + url, "delivery.active=one");
        leads(leader);
        Server other = start("two", "database.url=" + url, "delivery.active=one");

        becomes(other, 200);
        assertThat(get(other, "/api/ha").body()).contains("\"role\":\"WAITING\"");
        assertThat(get(other, "/health").body()).contains("\"role\":\"WAITING\"");
    }
}
