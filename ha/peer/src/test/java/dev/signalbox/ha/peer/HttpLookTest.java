package dev.signalbox.ha.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Looks at a real HTTP server. */
class HttpLookTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final HttpServer server;
    private volatile int status = 200;
    private volatile String body = "";
    private volatile boolean hanging;

    HttpLookTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            awaitEndIfHanging();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    private void awaitEndIfHanging() {
        try {
            if (hanging) {
                end.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        client.shutdownNow();
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/peer");
    }

    private PeerOptions options() {
        return PeerOptions.of(uri()).withAttempts(1).withTimeout(Duration.ofSeconds(30));
    }

    private Sighting look(PeerOptions options) throws InterruptedException {
        return new HttpLook(client, options).look();
    }

    @Test
    void aPeerThatAnswersIsHeard() throws Exception {
        PeerStatus status = new PeerStatus(true, Mode.SERVING, Instant.EPOCH, Optional.of("one"));
        body = status.toJson();

        assertThat(look(options())).isEqualTo(new Sighting.Told(status));
    }

    @ParameterizedTest
    @CsvSource({"500, '{\"status\":\"ok\"}'", "200, no JSON", "200, ''", "404, ''", "200, '{\"status\":\"fine\"}'"})
    void whatIsNoPeersAnswerIsSilence(int newStatus, String newBody) throws Exception {
        status = newStatus;
        body = newBody;

        assertThat(look(options())).isInstanceOfSatisfying(Sighting.Silent.class, silent -> {
            assertThat(silent.reason()).contains("status " + newStatus);
            assertThat(silent.witnessed()).isEmpty();
        });
    }

    @Test
    void anAnswerThatNeverEndsIsSilence() throws Exception {
        body = "x".repeat(100_000);

        assertThat(look(options())).isInstanceOf(Sighting.Silent.class);
    }

    @Test
    void aPeerThatHangsIsSilentAfterTheTimeout() throws Exception {
        hanging = true;

        assertThat(look(options().withTimeout(Duration.ofMillis(100)))).isInstanceOf(Sighting.Silent.class);
    }

    @Test
    void allAttemptsAreMadeAndTheFirstThatSucceedsCounts() throws Exception {
        status = 500;
        assertThat(look(options().withAttempts(2))).isInstanceOf(Sighting.Silent.class);
        assertThat(requests).hasValue(2);

        status = 200;
        body = "{\"status\":\"ok\"}";
        assertThat(look(options().withAttempts(2))).isInstanceOf(Sighting.Told.class);
        assertThat(requests).hasValue(3);
    }

    @Test
    void aWitnessIsAskedWhenThePeerIsSilent() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:1/");
        PeerOptions gone = new PeerOptions(
                nobody, Duration.ofSeconds(1), Duration.ofSeconds(30), 1, Duration.ZERO, Optional.of(uri()));
        status = 404;

        assertThat(look(gone))
                .isInstanceOfSatisfying(
                        Sighting.Silent.class,
                        silent -> assertThat(silent.witnessed()).contains(true));
        assertThat(look(gone.withWitness(nobody)))
                .isInstanceOfSatisfying(
                        Sighting.Silent.class,
                        silent -> assertThat(silent.witnessed()).contains(false));
    }

    @Test
    void aMonitorLooksByItselfAndMayBeClosedBeforeAndTwice() throws Exception {
        body = "{\"status\":\"ok\",\"mode\":0}";
        PeerOptions often = options().withPeriod(Duration.ofMillis(10)).withPatience(Duration.ZERO);
        PeerMonitor never = PeerMonitor.of("n", often, client, () -> true, (mode, seen) -> {});
        never.close();
        never.start();
        assertThat(never.last()).isEmpty();

        try (PeerMonitor monitor = PeerMonitor.of("m", often, client, () -> true, (mode, seen) -> {
            throw new IllegalStateException("a listener with a bug");
        })) {
            monitor.start();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> monitor.mode() == Mode.SERVING);
            int before = requests.get();
            Awaitility.await("more looks").atMost(Duration.ofSeconds(30)).until(() -> requests.get() > before + 2);
            monitor.close();
        }
    }
}
