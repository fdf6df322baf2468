package dev.signalbox.server.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.services.FreePort;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Two servers that share nothing and watch each other. */
@Timeout(180)
class ServerPeersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Server start(String name, int port, int peer) {
        return load(settings(name, port, "http://127.0.0.1:" + peer));
    }

    private List<String> settings(String name, int port, String peer) {
        List<String> sets = new ArrayList<>(List.of(
                "data.folder=" + folder.resolve(name), "control.port=" + port, "clients.port=0", "ha.node=" + name));
        sets.addAll(List.of(
                "auth.disabled=true",
                "delivery.active=one",
                "ha.store=peer",
                "ha.peer.url=" + peer + "/ha/peer",
                "ha.peer.period=100ms",
                "ha.peer.timeout=5s",
                "ha.peer.attempts=1",
                "ha.peer.patience=2s"));
        return sets;
    }

    private static Server load(List<String> sets) {
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }

    private Run run(String name, Server server, String... arguments) {
        Stream<String> where = Stream.of(
                "--url",
                server.controlUri().toString(),
                "--data",
                folder.resolve(name).toString());
        return Run.of(Stream.concat(Stream.of(arguments), where).toArray(String[]::new));
    }

    private static String get(Server server, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return get(http, server, path);
        }
    }

    private void awaitStatus(String name, Server server, String... words) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(run(name, server, "ha", "status").out()).contains(words));
    }

    @Test
    void oneServesTheOtherTakesOverAndBothSayThatThisIsAdvisory() throws Exception {
        List<Integer> ports = FreePort.find(2);
        try (Server one = start("one", ports.getFirst(), ports.getLast())) {
            awaitStatus("one", one, "SERVING   this node is one", "problem   the peer is silent", "advisory");
            try (Server two = start("two", ports.getLast(), ports.getFirst())) {
                awaitStatus("one", one, "SERVING", "leader    one", "problem   none");
                awaitStatus("two", two, "WAITING   this node is two", "leader    one", "problem   none", "advisory");
                assertThat(get(two, "/health")).contains("\"role\":\"WAITING\"");
                JsonNode told = new ObjectMapper().readTree(get(one, "/ha/peer"));
                assertThat(told.path("status").asString()).isEqualTo("ok");
                assertThat(told.path("mode").asInt()).isEqualTo(1);
                assertThat(told.path("node").asString()).isEqualTo("one");
                assertThat(run("one", one, "ha", "handover").err()).contains("hand nothing over");

                Run maintenance = run("one", one, "maintenance", "on", "--reason", "disk", "--wait", "1m");
                assertThat(maintenance.exitCode()).as(maintenance.err()).isZero();

                awaitStatus("one", one, "WAITING", "leader    two");
                awaitStatus("two", two, "SERVING", "leader    two");
                assertThat(get(one, "/ha/peer")).contains("\"status\":\"error\"", "\"mode\":0");

                one.close();
                awaitStatus("two", two, "SERVING", "problem   the peer is silent");
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(get(two, "/health")).contains("the peer is silent"));
                assertThat(get(two, "/metrics"))
                        .contains(
                                "signalbox_leader 1.0",
                                "signalbox_peer_up 0.0",
                                "signalbox_peer_changes_total{mode=\"serving\"}");
            }
        }
    }

    /** A peer whose certificate is not trusted is silent: what it tells could be anybody's. */
    @Test
    void overTlsAPeerIsHeardWhereItsCertificateIsTrusted() throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=signalbox test")
                .addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path chain = Files.writeString(folder.resolve("chain.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, bundle.toTrustManagerFactory().getTrustManagers(), null);
        List<Integer> ports = FreePort.find(2);
        try (HttpClient http = HttpClient.newBuilder().sslContext(trusting).build();
                Server trusts =
                        startOverTls("one", ports.getFirst(), ports.getLast(), chain, key, "ha.peer.ca-file=" + chain);
                Server stranger = startOverTls("two", ports.getLast(), ports.getFirst(), chain, key)) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(get(http, trusts, "/metrics")).contains("signalbox_peer_up 1.0"));
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(get(http, stranger, "/api/ha")).contains("the peer is silent"));
            assertThat(get(http, stranger, "/metrics")).contains("signalbox_peer_up 0.0");
        }
    }

    private Server startOverTls(String name, int port, int peer, Path chain, Path key, String... more) {
        List<String> sets = settings(name, port, "https://127.0.0.1:" + peer);
        sets.addAll(List.of("control.tls.certificate=" + chain, "control.tls.key=" + key));
        sets.addAll(List.of(more));
        return load(sets);
    }

    private static String get(HttpClient http, Server server, String path) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(server.controlUri().resolve(path))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /** As go-ipc's peers see any Signalbox, whether it has a peer or not. Its name concerns a peer alone. */
    @Test
    void everyServerTellsWhoAsks() throws Exception {
        try (Server server = load(
                List.of("data.folder=" + folder.resolve("all"), "control.port=0", "clients.port=0", "ha.node=all"))) {
            assertThat(get(server, "/ha/peer"))
                    .contains("\"status\":\"ok\"", "\"mode\":1")
                    .doesNotContain("node");
        }
    }

    @Test
    void aPeerWithoutAnAddressIsRefused() {
        assertThatThrownBy(() -> load(List.of("ha.store=peer")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ha.peer.url");
    }
}
