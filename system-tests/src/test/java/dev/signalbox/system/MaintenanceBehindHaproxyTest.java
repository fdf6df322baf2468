package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.RealHaproxy;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes on one database behind a real HAProxy, under load; they go into maintenance in turn. No caller notices: each request is
 * served, and each message is sent once. HAProxy asks whether a node is alive and not whether it is ready, so that nodes that are
 * closed get requests, too, and what is shown does not hang on who notices what in time.
 */
@Timeout(6 * 3600)
class MaintenanceBehindHaproxyTest {
    private static final int CYCLES = Effort.of(4, 1000);
    private static final String TOKEN = "a-token-of-this-test-0123456789";

    private final SmsSimulator provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
    private final List<ServerProcess> nodes = new ArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong number = new AtomicLong();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        nodes.forEach(ServerProcess::close);
        provider.close();
    }

    @Test
    void noCallerNoticesThatNodesComeAndGo() throws Exception {
        String database = RealPostgres.shared().freshDatabase();
        start("a", database);
        start("b", database);
        List<Integer> ports =
                nodes.stream().map(node -> node.uri("/").getPort()).toList();
        try (RealHaproxy proxy = RealHaproxy.before(ports, "/health/live");
                HttpClient http = HttpClient.newHttpClient();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            URI front = URI.create("http://127.0.0.1:" + proxy.port() + "/api/messages");
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(
                            () -> assertThat(get(http, front).statusCode()).isEqualTo(200));
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Callable<Boolean> caller = () -> call(http, front);
                callers.add(threads.submit(caller));
            }
            cycle();
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(provider.stats().accepted()).isEqualTo(taken.get()));
        assertThat(provider.stats().duplicatesByContent()).isZero();
        assertThat(taken.get()).isPositive();
    }

    private void start(String name, String database) {
        List<String> settings = new ArrayList<>(Messages.settings(provider));
        settings.add("database.url=" + database);
        settings.add("maintenance.file=" + folder.resolve(name + ".signal"));
        settings.add("auth.tokens.0.name=test");
        settings.add("auth.tokens.0.role=admin");
        settings.add("auth.tokens.0.token=" + TOKEN);
        nodes.add(ServerProcess.start(folder.resolve(name), settings).awaitReady());
    }

    private void cycle() throws Exception {
        try {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                ServerProcess node = nodes.get(cycle % 2);
                Path signal = folder.resolve(cycle % 2 == 0 ? "a.signal" : "b.signal");
                Files.writeString(signal, "on");
                becomes(node, "CLOSED");
                served(5);
                Files.delete(signal);
                becomes(node, "OPEN");
                served(5);
            }
        } finally {
            stop.set(true);
        }
    }

    private static void becomes(ServerProcess node, String admission) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() ->
                        assertThat(node.get("/health/ready").body()).contains("\"admission\":\"" + admission + "\""));
    }

    private void served(int more) {
        long before = taken.get();
        await().atMost(Duration.ofMinutes(1)).until(() -> taken.get() >= before + more);
    }

    /** Two of three requests only read; any answer but success fails the test. */
    private Boolean call(HttpClient http, URI front) throws Exception {
        while (!stop.get()) {
            HttpResponse<String> sent = post(http, front);
            assertThat(sent.statusCode()).as(sent.body()).isEqualTo(202);
            taken.incrementAndGet();
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> read = get(http, front);
                assertThat(read.statusCode()).as(read.body()).isEqualTo(200);
            }
        }
        return true;
    }

    private HttpResponse<String> post(HttpClient http, URI front) throws Exception {
        String body = "{\"to\":\"sms:+61491570006\",\"body\":\"message " + number.incrementAndGet() + "\"}";
        return http.send(
                request(front)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(HttpClient http, URI front) throws Exception {
        return http.send(request(front).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(URI front) {
        return HttpRequest.newBuilder(front).timeout(Duration.ofMinutes(1)).header("Authorization", "Bearer " + TOKEN);
    }
}
