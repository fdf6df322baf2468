package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.HistoryCheck;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    private static final int ROUNDS = Effort.of(20, 100);

    private static final int MESSAGES = 2_000;
    private static final int CONCURRENCY = 16;
    private static final long SEED = Effort.seeds(1).findFirst().orElseThrow();
    private static final String REPLAY = Effort.replay(ServerCrashTest.class, SEED);

    @TempDir
    Path folder;

    @Test
    void nothingIsLostOrSentTwiceOnSqlite() throws Exception {
        killInTheMiddle(List.of());
        checkHistory("sqlite:" + folder.resolve("signalbox.db"), Duration.ofDays(1));
    }

    @Test
    void nothingIsLostOrSentTwiceOnPostgresql() throws Exception {
        String url = RealPostgres.shared().freshDatabase();
        killInTheMiddle(List.of("database.url=" + url));
        checkHistory(url, Duration.ofDays(1));
    }

    /**
     * A provider that recognises no repeats. What a killed server held is in doubt only where it was with the provider at that
     * moment: its journal tells the rest, although it claims far more in advance.
     */
    @Test
    void killsLeaveNoDoubtAboutWhatWasNotWithAProvider() throws Exception {
        Random random = new Random(SEED);
        Behaviour slow = Behaviour.perfect().withLatency(Duration.ofMillis(5), Duration.ofMillis(40));
        int kills = Effort.of(4, 60);
        try (SmsSimulator provider =
                SmsSimulator.start(SmsSimulatorOptions.defaults().withBehaviour(slow))) {
            // A busy machine must not make attempts time out, since that is doubt, too.
            List<String> settings = List.of(
                    "delivery.sms.url=" + provider.sendUrl(),
                    "delivery.sms.token=mock-token",
                    "delivery.sms.timeout=30s",
                    "delivery.sms.key-lifetime=0s",
                    "delivery.sms.concurrency=" + CONCURRENCY);
            for (int round = 0; round < kills; round++) {
                killOnce(provider, settings, round, random);
            }
            try (ServerProcess server = ServerProcess.start(folder, settings).awaitReady()) {
                awaitEnded(server, kills * MESSAGES);
                JsonNode states = Messages.states(server);
                assertThat(states.path("UNKNOWN").asInt())
                        .as("in doubt, %s; %s", states, REPLAY)
                        .isLessThanOrEqualTo(kills * CONCURRENCY);
                assertThat(states.path("SENT").asInt() + states.path("UNKNOWN").asInt())
                        .as("%s; %s", states, REPLAY)
                        .isEqualTo(kills * MESSAGES);
                assertThat(provider.stats().accepted())
                        .as("taken by the provider, %s; %s", states, REPLAY)
                        .isBetween((long) states.path("SENT").asInt(), (long) kills * MESSAGES);
            }
            assertThat(provider.stats().duplicatesByContent())
                    .as("sent twice; %s", REPLAY)
                    .isZero();
        }
        checkHistory("sqlite:" + folder.resolve("signalbox.db"), Duration.ZERO);
    }

    private void killOnce(SmsSimulator provider, List<String> settings, int round, Random random) throws Exception {
        try (ServerProcess server = ServerProcess.start(folder, settings).awaitReady()) {
            long killAfter = provider.stats().accepted() + random.nextInt(MESSAGES);
            Messages.accept(server, "round " + round, MESSAGES);
            Awaitility.await("round " + round + " to send some; " + REPLAY)
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> provider.stats().accepted() >= killAfter);
            server.kill();
        }
    }

    private static void awaitEnded(ServerProcess server, int total) {
        Awaitility.await("every message to end; " + REPLAY)
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> Messages.sent(server)
                                + Messages.states(server).path("UNKNOWN").asLong()
                        == total);
    }

    private static void checkHistory(String url, Duration keyLifetime) {
        try (Database database = Database.open(DatabaseConfig.of(url))) {
            assertThat(HistoryCheck.run(database, Map.of(Channel.SMS, keyLifetime))
                            .violations())
                    .isEmpty();
        }
    }

    private void killInTheMiddle(List<String> database) throws Exception {
        Random random = new Random(SEED);
        Behaviour slow = Behaviour.perfect().withLatency(Duration.ofMillis(5), Duration.ofMillis(40));
        try (SmsSimulator provider =
                SmsSimulator.start(SmsSimulatorOptions.defaults().withBehaviour(slow))) {
            List<String> settings = settings(provider, database);
            for (int round = 0; round < ROUNDS; round++) {
                killOnce(provider, settings, round, random);
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
    }

    private static List<String> settings(SmsSimulator provider, List<String> database) {
        return Stream.of(database, Messages.settings(provider))
                .flatMap(List::stream)
                .toList();
    }
}
