package dev.signalbox.maintenance.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.testing.contract.DrainableContract;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each kind of HTTP server must do behind its gate: the contract of participants, over real requests, and the answers. */
abstract class HttpServerFixture extends DrainableContract {
    private final HttpClient http = HttpClient.newHttpClient();
    protected final Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
    private final AtomicReference<CountDownLatch> release = new AtomicReference<>(new CountDownLatch(0));
    protected final AtomicLong handled = new AtomicLong();
    protected final AtomicLong handling = new AtomicLong();
    private final HttpGate gate = HttpGate.join(
            maintenance, HttpGateOptions.defaults().withDeadline(LONG).withSkipPaths("/health"));
    private URI server = URI.create("http://unset");

    /** Starts a server whose requests for {@code /wait} call {@link #handle} and whose others are answered at once. */
    protected abstract URI start(HttpGate gate) throws Exception;

    protected abstract void stop() throws Exception;

    @BeforeEach
    void startServer() throws Exception {
        server = start(gate);
    }

    @Override
    protected void close() throws Exception {
        stop();
        http.shutdownNow();
        maintenance.close();
    }

    /** What handlers do: they wait until the test lets them end. */
    protected void handle() throws InterruptedException {
        CountDownLatch latch = release.get();
        handling.incrementAndGet();
        latch.await();
        handled.incrementAndGet();
    }

    @Override
    protected Drainable drainable() {
        return gate.drainable();
    }

    /** A request that is under way until the test ends it. Each test has at most two, and ends them in any order. */
    @Override
    protected Optional<Runnable> begin() throws Exception {
        CountDownLatch latch = hold();
        long before = handling.get();
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(
                HttpRequest.newBuilder(server.resolve("/wait"))
                        .POST(BodyPublishers.ofString("x"))
                        .build(),
                BodyHandlers.ofString());
        await().atMost(LONG).until(() -> answer.isDone() || handling.get() > before);
        if (handling.get() == before) {
            assertThat(answer.get().statusCode()).isEqualTo(503);
            return Optional.empty();
        }
        return Optional.of(() -> {
            latch.countDown();
            assertThat(answer.join().statusCode()).isEqualTo(200);
        });
    }

    @Test
    void duringMaintenanceTheAnswerSaysSo() throws Exception {
        maintenance.enter(Signal.of("alice", "secret reason")
                .until(java.time.Instant.now().plusSeconds(100)));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();

        HttpResponse<String> answer = get("/any");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 100L);
        assertThat(answer.headers().firstValue("Connection")).contains("close");
        assertThat(answer.body()).contains("\"error\"").contains("\"code\":503").doesNotContain("secret reason");
    }

    @Test
    void pathsThatAreSkippedAreServed() throws Exception {
        maintenance.enter(Signal.of("alice", "disk"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();

        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(get("/health/").statusCode()).isEqualTo(503);
        assertThat(get("/healthy").statusCode()).isEqualTo(503);
    }

    /** Requests on connections that are kept alive, through many windows: each is handled once or refused, never in between. */
    @Test
    void inManyWindowsEachRequestIsHandledOnceOrRefused() throws Exception {
        assertThat(post("/now").statusCode()).isEqualTo(200);
        long ok = 1;
        long refused = 0;
        CompletableFuture<Integer> windows =
                CompletableFuture.supplyAsync(() -> windows(20), Thread::startVirtualThread);
        while (!windows.isDone() || refused == 0) {
            if (windows.isDone() && refused == 0) {
                maintenance.enter(Signal.of("alice", "once more"));
            }
            int status = post("/now").statusCode();
            ok += status == 200 ? 1 : 0;
            refused += status == 503 ? 1 : 0;
            assertThat(status).isIn(200, 503);
        }
        assertThat(windows.get()).isEqualTo(20);
        assertThat(handled.get()).isEqualTo(ok);
    }

    private int windows(int number) {
        int closed = 0;
        try {
            for (int i = 0; i < number; i++) {
                maintenance.enter(Signal.of("alice", "window " + i));
                closed += maintenance.await(Admission.CLOSED, LONG) ? 1 : 0;
                maintenance.leave();
                maintenance.await(Admission.OPEN, LONG);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return closed;
    }

    /** Lets handlers wait from now on, until it is counted down. */
    protected final CountDownLatch hold() {
        CountDownLatch latch = new CountDownLatch(1);
        release.set(latch);
        return latch;
    }

    protected final CompletableFuture<HttpResponse<String>> ask(String path) {
        return http.sendAsync(HttpRequest.newBuilder(server.resolve(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(server.resolve(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(server.resolve(path))
                        .timeout(Duration.ofSeconds(60))
                        .POST(BodyPublishers.ofString("x"))
                        .build(),
                BodyHandlers.ofString());
    }
}
