package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * SIGKILL in the middle of 2,000 deliveries, again and again. Each round gives the server 2,000 more and kills it at a
 * random moment of the work, so most rounds also begin with what the one before left behind.
 */
class ServerCrashTest {
    /** The provider remembers 250,000 messages, and the counts must be exact. */
    private static final int ROUNDS = Effort.of(8, 100);

    private static final int MESSAGES = 2_000;
    private static final long SEED = Effort.seeds(1).findFirst().orElseThrow();
    private static final String REPLAY = Effort.replay(ServerCrashTest.class, SEED);

    @TempDir
    Path folder;

    @Test
    void nothingIsLostOrSentTwiceOnSqlite() throws Exception {
        killInTheMiddle(List.of());
    }

    @Test
    void nothingIsLostOrSentTwiceOnPostgresql() throws Exception {
        killInTheMiddle(List.of("database.url=" + RealPostgres.shared().freshDatabase()));
    }

    private void killInTheMiddle(List<String> database) throws Exception {
        Random random = new Random(SEED);
        Behaviour slow = Behaviour.perfect().withLatency(Duration.ofMillis(5), Duration.ofMillis(40));
        try (SmsSimulator provider =
                SmsSimulator.start(SmsSimulatorOptions.defaults().withBehaviour(slow))) {
            List<String> settings = settings(provider, database);
            for (int round = 0; round < ROUNDS; round++) {
                try (ServerProcess server =
                        ServerProcess.start(folder, settings).awaitReady()) {
                    long killAfter = provider.stats().accepted() + random.nextInt(MESSAGES);
                    Messages.accept(server, "round " + round, MESSAGES);
                    Awaitility.await("round " + round + " to send some; " + REPLAY)
                            .atMost(Duration.ofMinutes(1))
                            .pollInterval(Duration.ofMillis(2))
                            .until(() -> provider.stats().accepted() >= killAfter);
                    server.kill();
                }
            }
            finishAndCheck(provider, settings);
        }
    }

    private void finishAndCheck(SmsSimulator provider, List<String> settings) throws Exception {
        int total = ROUNDS * MESSAGES;
        try (ServerProcess server = ServerProcess.start(folder, settings).awaitReady()) {
            Awaitility.await("every message to be recorded as sent; " + REPLAY)
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> assertThat(Messages.sent(server)).isEqualTo(total));
            JsonNode states = Messages.states(server);
            assertThat(states.properties().stream()
                            .mapToLong(state -> state.getValue().asLong())
                            .sum())
                    .as("all states together, %s; %s", states, REPLAY)
                    .isEqualTo(total);
        }
        assertThat(provider.stats().accepted())
                .as("taken by the provider; %s", REPLAY)
                .isEqualTo(total);
        assertThat(provider.stats().duplicatesByContent())
                .as("sent under two keys; %s", REPLAY)
                .isZero();
        assertThat(provider.stats().forgotten()).as("the counts are exact").isZero();
        checkHistory(settings);
    }

    /** The promises that no count shows, by the command that operators have. */
    private void checkHistory(List<String> settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("check", "history", "--key-lifetime", "sms=1d"));
        Stream.concat(settings.stream(), Stream.of("data.folder=" + folder))
                .forEach(setting -> arguments.addAll(List.of("--set", setting)));
        Process check = ServerProcess.run(folder, arguments);
        assertThat(check.waitFor(3, TimeUnit.MINUTES)).as("the check ends").isTrue();
        assertThat(check.exitValue())
                .as("exit code of check history; see server.log; %s", REPLAY)
                .isZero();
    }

    private static List<String> settings(SmsSimulator provider, List<String> database) {
        return Stream.of(database, Messages.settings(provider))
                .flatMap(List::stream)
                .toList();
    }
}
