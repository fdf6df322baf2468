package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers as processes on one PostgreSQL, of which one alone sends: what happens when that one dies, freezes or hands over. */
class ServerFailoverTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern ATTEMPTS =
            Pattern.compile("signalbox_attempts_seconds_count\\{[^}]*channel=\"sms\"[^}]*} ([0-9.]+)");

    @TempDir
    Path folder;

    private final List<ServerProcess> servers = new ArrayList<>();
    private SmsSimulator provider;

    @BeforeEach
    void startProvider() throws Exception {
        Behaviour slow = Behaviour.perfect().withLatency(Duration.ofMillis(50), Duration.ofMillis(300));
        provider = SmsSimulator.start(SmsSimulatorOptions.defaults().withBehaviour(slow));
    }

    private record Two(ServerProcess leader, ServerProcess other) {}

    private Two startTwo(String lease) {
        String database = "database.url=" + RealPostgres.shared().freshDatabase();
        ServerProcess leader = start("one", database, lease);
        awaitRole(leader, "SERVING");
        ServerProcess other = start("two", database, lease);
        awaitRole(other, "WAITING");
        return new Two(leader, other);
    }

    private ServerProcess start(String name, String database, String lease) {
        List<String> settings = new ArrayList<>(Messages.settings(provider));
        settings.addAll(
                List.of(database, "delivery.active=one", "ha.node=" + name, "ha.lease=" + lease, "delivery.lease=5s"));
        ServerProcess server =
                ServerProcess.start(folder.resolve(name), settings).awaitReady();
        servers.add(server);
        return server;
    }

    @AfterEach
    void endAll() {
        servers.forEach(ServerProcess::close);
        provider.close();
    }

    private static void awaitRole(ServerProcess server, String role) {
        Awaitility.await("the role " + role)
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> server.get("/api/ha").body().contains("\"role\":\"" + role + "\""));
    }

    private static void awaitSent(ServerProcess server, int count) {
        Awaitility.await(count + " to be sent")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Messages.sent(server)).isEqualTo(count));
    }

    /** How many texts a server has tried to send since it started. */
    private static long attempts(ServerProcess server) throws Exception {
        Matcher matcher = ATTEMPTS.matcher(server.get("/metrics").body());
        long attempts = 0;
        while (matcher.find()) {
            attempts += (long) Double.parseDouble(matcher.group(1));
        }
        return attempts;
    }

    private void requireEachSentOnce(int count) {
        assertThat(provider.stats().accepted()).isEqualTo(count);
        assertThat(provider.stats().duplicatesByContent()).isZero();
    }

    /** The leader's lease would last an hour; the end of its connection to PostgreSQL is what the other follows. */
    @Test
    void theOtherTakesOverFromOneThatWasKilled() throws Exception {
        Two two = startTwo("1h");
        ServerProcess leader = two.leader();
        ServerProcess other = two.other();
        Messages.accept(other, "before", 500);
        Awaitility.await().atMost(PATIENCE).until(() -> provider.stats().accepted() > 20);
        assertThat(attempts(other)).as("sent by the one that waits").isZero();

        leader.kill();

        awaitRole(other, "SERVING");
        awaitSent(other, 500);
        requireEachSentOnce(500);
        assertThat(attempts(other)).isPositive();
    }

    @Test
    void oneThatWasFrozenSendsNothingAfterItsTermEnded() throws Exception {
        Two two = startTwo("8s");
        ServerProcess leader = two.leader();
        ServerProcess other = two.other();
        Messages.accept(other, "before", 500);
        Awaitility.await().atMost(PATIENCE).until(() -> provider.stats().accepted() > 20);

        leader.signal("STOP");
        awaitRole(other, "SERVING");
        awaitSent(other, 500);
        leader.signal("CONT");

        awaitRole(leader, "WAITING");
        long before = attempts(leader);
        assertThat(before).as("sent before it froze").isPositive();
        Messages.accept(leader, "after", 200);
        awaitSent(other, 700);
        assertThat(attempts(leader)).as("sent by the former leader").isEqualTo(before);
        requireEachSentOnce(700);
        assertThat(leader.get("/api/ha").body()).contains("\"leader\":\"two/");
    }

    @Test
    void aHandOverMovesTheWorkAndBothStayReady() throws Exception {
        Two two = startTwo("8s");
        ServerProcess leader = two.leader();
        ServerProcess other = two.other();
        assertThat(other.get("/health/ready").statusCode()).as("one that waits").isEqualTo(200);
        assertThat(other.get("/health").body()).contains("\"role\":\"WAITING\"");
        assertThat(other.post("/api/ha/handover", "application/json", "").statusCode())
                .as("nothing to hand over")
                .isEqualTo(409);
        Messages.accept(other, "before", 200);

        assertThat(leader.post("/api/ha/handover", "application/json", "").body())
                .contains("\"handedOver\":true");

        awaitRole(other, "SERVING");
        awaitRole(leader, "WAITING");
        awaitSent(other, 200);
        requireEachSentOnce(200);
        assertThat(leader.get("/health/ready").statusCode()).isEqualTo(200);
        long before = attempts(leader);
        Messages.accept(leader, "after", 50);
        awaitSent(leader, 250);
        assertThat(attempts(leader)).isEqualTo(before);
    }
}
