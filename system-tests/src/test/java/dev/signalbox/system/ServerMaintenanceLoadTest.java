package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.net.http.HttpResponse;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server goes into maintenance and out of it under load, again and again, by a file as an operator would write it. Each
 * request is taken or refused; what was taken is sent once; nothing is sent while the node says that it is closed.
 */
@Timeout(600)
class ServerMaintenanceLoadTest {
    private static final int WINDOWS = Effort.of(8, 1000);
    private static final int CALLERS = 4;

    @TempDir
    private Path folder;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong number = new AtomicLong();

    @Test
    void enteringAndLeavingUnderLoadLosesAndDoublesNothing() throws Exception {
        Behaviour slow = Behaviour.perfect().withLatency(Duration.ofMillis(5), Duration.ofMillis(40));
        Path signal = folder.resolve("maintenance");
        List<String> settings = new ArrayList<>(List.of("maintenance.file=" + signal));
        try (SmsSimulator provider =
                        SmsSimulator.start(SmsSimulatorOptions.defaults().withBehaviour(slow));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            settings.addAll(Messages.settings(provider));
            try (ServerProcess server =
                    ServerProcess.start(folder.resolve("data"), settings).awaitReady()) {
                List<Future<?>> callers = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    Callable<Boolean> caller = () -> call(server);
                    callers.add(threads.submit(caller));
                }
                windows(server, provider, signal);
                for (Future<?> caller : callers) {
                    caller.get();
                }
                await().atMost(Duration.ofMinutes(2))
                        .untilAsserted(() -> assertThat(Messages.sent(server)).isEqualTo(taken.get()));
                assertThat(server.stop()).as("exit code").isZero();
            }
            assertThat(provider.stats().accepted()).isEqualTo(taken.get());
            assertThat(provider.stats().duplicatesByContent()).isZero();
        }
        assertThat(taken.get()).isPositive();
        assertThat(refused.get()).isPositive();
    }

    private void windows(ServerProcess server, SmsSimulator provider, Path signal) throws Exception {
        try {
            for (int window = 0; window < WINDOWS; window++) {
                long before = taken.get();
                await().atMost(Duration.ofMinutes(1)).until(() -> taken.get() > before + 5);
                Files.writeString(signal, "on\nreason: window " + window);
                becomes(server, "CLOSED");
                long sent = provider.stats().accepted();
                long turnedAway = refused.get();
                await().atMost(Duration.ofMinutes(1)).until(() -> refused.get() > turnedAway + 5);
                assertThat(provider.stats().accepted())
                        .as("sent in window %d", window)
                        .isEqualTo(sent);
                Files.delete(signal);
                becomes(server, "OPEN");
            }
        } finally {
            stop.set(true);
        }
    }

    private static void becomes(ServerProcess server, String admission) {
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() ->
                        assertThat(server.get("/health/ready").body()).contains("\"admission\":\"" + admission + "\""));
    }

    /** Any other answer, or none, fails the test. */
    private Boolean call(ServerProcess server) throws Exception {
        while (!stop.get()) {
            String body = "{\"to\":\"sms:+61491570006\",\"body\":\"message " + number.incrementAndGet() + "\"}";
            HttpResponse<String> answer = server.post("/api/messages", "application/json", body);
            assertThat(answer.statusCode()).as(answer.body()).isIn(202, 503);
            (answer.statusCode() == 202 ? taken : refused).incrementAndGet();
        }
        return true;
    }
}
