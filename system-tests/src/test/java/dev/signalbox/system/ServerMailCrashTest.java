package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * SIGKILL while mails are handed over. A mail server recognises no repeats, so what was under way may or may not have arrived:
 * it is parked as UNKNOWN, and nothing is sent twice.
 */
class ServerMailCrashTest {
    private static final int ROUNDS = Effort.of(3, 50);
    private static final int MESSAGES = 300;
    private static final int CONNECTIONS = 5;
    private static final long SEED = Effort.seeds(1).findFirst().orElseThrow();
    private static final String REPLAY = Effort.replay(ServerMailCrashTest.class, SEED);

    @TempDir
    Path folder;

    @Test
    void whatWasUnderWayIsParkedAndNothingIsSentTwice() throws Exception {
        var random = new Random(SEED);
        var slow = Behaviour.perfect().withLatency(Duration.ofMillis(5), Duration.ofMillis(40));
        try (var mail = SmtpSimulator.start(SmtpSimulatorOptions.defaults().withBehaviour(slow))) {
            List<String> settings = List.of(
                    "delivery.email.host=127.0.0.1",
                    "delivery.email.port=" + mail.port(),
                    "delivery.email.encryption=none",
                    "delivery.email.from=box@example.org",
                    "delivery.email.connections=" + CONNECTIONS,
                    "delivery.lease=5s");
            for (int round = 0; round < ROUNDS; round++) {
                killInTheMiddle(mail, settings, "round " + round, random.nextInt(MESSAGES));
            }
            finishAndCheck(mail, settings);
        }
    }

    private void killInTheMiddle(SmtpSimulator mail, List<String> settings, String round, int some) throws Exception {
        try (ServerProcess server = ServerProcess.start(folder, settings).awaitReady()) {
            long killAfter = mail.stats().accepted() + some;
            Messages.accept(server, "email:user%d@example.com", round, MESSAGES);
            Awaitility.await(round + " to send some; " + REPLAY)
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> mail.stats().accepted() >= killAfter);
            server.kill();
        }
    }

    private void finishAndCheck(SmtpSimulator mail, List<String> settings) throws Exception {
        long total = (long) ROUNDS * MESSAGES;
        long sent;
        long parked;
        try (ServerProcess server = ServerProcess.start(folder, settings).awaitReady()) {
            Awaitility.await("every message to be sent or parked; " + REPLAY)
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> assertThat(Messages.sent(server) + parked(server))
                            .as("%s", Messages.states(server))
                            .isEqualTo(total));
            sent = Messages.sent(server);
            parked = parked(server);
        }
        assertThat(mail.stats().duplicates()).as("sent twice; %s", REPLAY).isZero();
        assertThat(mail.stats().accepted())
                .as("taken by the mail server, of %d sent and %d parked; %s", sent, parked, REPLAY)
                .isBetween(sent, total);
        assertThat(parked)
                .as("parked: no more than were under way; %s", REPLAY)
                .isLessThanOrEqualTo((long) ROUNDS * CONNECTIONS);
    }

    private static long parked(ServerProcess server) throws Exception {
        JsonNode states = Messages.states(server);
        return states.path("UNKNOWN").asLong();
    }
}
