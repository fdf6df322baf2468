package dev.signalbox.server.maintenance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.Run;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.command.ExitCode;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole server goes into maintenance and comes back. */
@Timeout(180)
class ServerMaintenanceTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String SECRET = "0123456789abcdef01234567";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folders;

    private final Path folder = folders.resolve("server-" + System.nanoTime());
    private TestServer server =
            new TestServer(folder, "maintenance.webhook.secret=" + SECRET, "maintenance.cluster=true");

    @AfterEach
    void close() {
        server.close();
    }

    private void enter(String... more) {
        String[] on = {"maintenance", "on", "--reason", "new disk", "--wait", "1m"};
        String[] all = new String[on.length + more.length];
        System.arraycopy(on, 0, all, 0, on.length);
        System.arraycopy(more, 0, all, on.length, more.length);
        assertThat(server.run(all))
                .satisfies(run -> assertThat(run.exitCode()).as(run.err()).isZero());
    }

    private void leave() {
        Run run = server.run("maintenance", "off", "--wait", "1m");
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        String token = Files.readString(folder.resolve("token")).strip();
        return HTTP.send(request.header("Authorization", "Bearer " + token).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url()).resolve(path)).timeout(LONG);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private HttpResponse<String> enqueue(String body) throws Exception {
        return send(request("/api/messages")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"to\":\"sms:+61491570006\",\"body\":\"" + body + "\"}")));
    }

    @Test
    void inMaintenanceItIsNotReadyAndAliveAndTellsWhy() throws Exception {
        enter();

        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready").body()).contains("\"admission\":\"CLOSED\"");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/metrics").body()).contains("signalbox_maintenance_admission{state=\"closed\"} 1.0");
        Run status = server.run("maintenance", "status");
        assertThat(status.out()).contains("CLOSED").contains("new disk").contains("operator");
        leave();
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void requestsAreRefusedUntilItOpens() throws Exception {
        enter("--for", "30m");
        HttpResponse<String> refused = enqueue("too late");

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1700L, 1800L);
        assertThat(refused.body()).contains("in maintenance");
        assertThat(get("/api/overview").statusCode()).isEqualTo(200);
        leave();
        assertThat(enqueue("in time").statusCode()).isEqualTo(202);
    }

    @Test
    void nothingIsSentInsideAWindowAndAllAfterwards() throws Exception {
        for (int window = 1; window <= 3; window++) {
            assertThat(enqueue("before " + window).statusCode()).isEqualTo(202);
            int sent = window;
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(server.provider.stats().accepted()).isEqualTo(sent));
            enter();
            leave();
        }
    }

    /** What an operator has paused stays paused, whatever maintenance does in between. */
    @Test
    void aPausedDispatchStaysPaused() throws Exception {
        assertThat(send(request("/api/messaging/stop").POST(BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(200);
        enter();
        leave();

        assertThat(get("/health").body()).contains("\"processing_status\":\"stopped\"");
        assertThat(send(request("/api/messaging/start").POST(BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(200);
        assertThat(enqueue("now").statusCode()).isEqualTo(202);
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(server.provider.stats().accepted()).isEqualTo(1));
    }

    @Test
    void clientsAreToldToConnectElsewhereAndLetInAgainAfterwards() throws Exception {
        URI clients = URI.create(server.clientsUrl());
        String token = Files.readString(Path.of(server.tokenOf("alice"))).strip();
        try (TestClient alice = new TestClient(clients, token, TestClient::ack)) {
            enter();
            assertThat(alice.closed().get(60, TimeUnit.SECONDS)).isEqualTo(1012);
        }
        leave();
        try (TestClient alice = new TestClient(clients, token, TestClient::ack)) {
            assertThat(alice.closed()).isNotDone();
            assertThat(get("/api/clients").body()).contains("alice");
        }
    }

    @Test
    void aStreamOfEventsEndsAndItsReaderGoesOnAfterwards() throws Exception {
        assertThat(append("one").statusCode()).isEqualTo(201);
        try (InputStream stream = follow("/api/sessions/s/stream?from=start")) {
            CompletableFuture<String> all =
                    CompletableFuture.supplyAsync(() -> readAll(stream), Thread::startVirtualThread);
            enter();
            assertThat(all.get(60, TimeUnit.SECONDS)).contains("retry: 1000");
        }
        leave();
        assertThat(append("two").statusCode()).isEqualTo(201);
    }

    private HttpResponse<String> append(String text) throws Exception {
        return send(request("/api/sessions/s/events")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("\"" + text + "\"")));
    }

    private InputStream follow(String path) throws Exception {
        String token = Files.readString(folder.resolve("token")).strip();
        HttpResponse<InputStream> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(server.url()).resolve("/api/sessions/s/events"))
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "text/event-stream")
                        .build(),
                BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer.body();
    }

    private static String readAll(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), UTF_8);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Else a restart in the middle of a maintenance would end it. */
    @Test
    void maintenanceSurvivesARestart() throws Exception {
        enter();
        server.close();
        server = new TestServer(folder);

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(get("/health/ready").body()).contains("\"admission\":\"CLOSED\""));
        leave();
        assertThat(enqueue("again").statusCode()).isEqualTo(202);
    }

    @Test
    void aPlanChangesNothingAndAReportTellsWhatWasDone() {
        assertThat(server.run("maintenance", "report").out()).contains("has not drained since its start");
        assertThat(server.run("maintenance", "plan").out())
                .contains("requests")
                .contains("dispatcher")
                .contains("takes at most");
        assertThat(server.run("maintenance", "status", "--json")
                        .json()
                        .path("admission")
                        .asString())
                .isEqualTo("OPEN");
        enter();
        leave();

        Run report = server.run("maintenance", "report");
        assertThat(report.out()).contains("drain 1").contains("DRAINED").contains("dispatcher");
        assertThat(server.run("maintenance", "report", "--all", "--json")
                        .json()
                        .path("items")
                        .size())
                .isEqualTo(1);
        assertThat(server.run("maintenance", "plan").out()).contains("last time it took");
    }

    @Test
    void theSignalOfTheClusterIsOneOfItsOwn() {
        enter("--cluster");
        Run off = server.run("maintenance", "off");
        assertThat(off.out()).contains("CLOSED").contains("cluster");

        Run both = server.run("maintenance", "off", "--cluster", "--wait", "1m");
        assertThat(both.exitCode()).as(both.err()).isZero();
    }

    @Test
    void aSignedWebhookIsASignal() throws Exception {
        assertThat(webhook("1", "on\nreason: disk", "v1,AAAA").statusCode()).isEqualTo(403);
        assertThat(webhook("1", "on\nreason: disk", signature("1", "on\nreason: disk"))
                        .body())
                .contains("\"heeded\":true");
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(server.run("maintenance", "status").out())
                                .contains("webhook")
                                .contains("CLOSED"));
        assertThat(webhook("2", "off", signature("2", "off")).statusCode()).isEqualTo(200);
        await().atMost(LONG)
                .untilAsserted(() ->
                        assertThat(server.run("maintenance", "status").out()).contains("OPEN"));
    }

    private HttpResponse<String> webhook(String id, String body, String signature) throws Exception {
        return send(request("/api/maintenance/webhook")
                .header("webhook-id", id)
                .header("webhook-timestamp", now())
                .header("webhook-signature", signature)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(body)));
    }

    private final Instant started = Instant.now();

    private String now() {
        return Long.toString(started.getEpochSecond());
    }

    private String signature(String id, String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
        byte[] signed = mac.doFinal((id + "." + now() + "." + body).getBytes(UTF_8));
        return "v1," + Base64.getEncoder().encodeToString(signed);
    }

    @Test
    void mistakesAreNamed() throws Exception {
        Run wrong = server.run("maintenance", "on", "--for", "soon");
        assertThat(wrong.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(wrong.err()).contains("'soon' is not a duration");
        assertThat(server.run("maintenance", "on", "--for", "0s").err()).contains("longer than 0");
        HttpResponse<String> unknown = send(request("/api/maintenance")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"reasons\":\"x\"}")));
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("reasons");
        assertThat(server.run("maintenance", "status", "--json")
                        .json()
                        .path("admission")
                        .asString())
                .isEqualTo("OPEN");
    }
}
