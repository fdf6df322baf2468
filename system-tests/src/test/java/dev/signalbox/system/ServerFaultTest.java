package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong around a server that runs as a process, and what it does and says then. */
class ServerFaultTest {
    private static final int USAGE = 2;

    @TempDir
    Path folder;

    @Test
    void aPortInUseIsNamedTogetherWithTheMend() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(serve("control.port=" + taken.getLocalPort(), "clients.port=0"))
                    .isEqualTo(1);
            assertThat(output()).contains("127.0.0.1:" + taken.getLocalPort(), "choose another port");
        }
    }

    /** With the most verbose log and stack traces. StartSecretsTest has every key and every driver. */
    @Test
    void aStartThatFailsTellsNoSecret() throws Exception {
        String canary = "canary-0123456789-0123456789-tweet";
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(serve(
                            "control.port=" + taken.getLocalPort(),
                            "clients.port=0",
                            "clients.jwt.secret=" + canary,
                            "delivery.sms.url=http://127.0.0.1:1/send",
                            "delivery.sms.token=" + canary,
                            "session.store=redis",
                            "session.redis.url=redis://:" + canary + "@127.0.0.1:1",
                            "log.level=trace",
                            "data.folder=data"))
                    .isEqualTo(1);
            assertThat(output()).contains("session.store").doesNotContain(canary);
        }
    }

    @Test
    void aDataFolderThatCannotBeWrittenIsNamedTogetherWithTheMend() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(serve("data.folder=" + file.resolve("data"))).isEqualTo(1);
        assertThat(output()).contains(file.resolve("data").toString(), "set data.folder to another one");
    }

    @Test
    void everythingWrongInTheConfigurationIsNamedAtOnce() throws Exception {
        assertThat(serve("control.port=abc", "delivery.leese=3s", "log.level=loud"))
                .isEqualTo(USAGE);
        assertThat(output()).contains("control.port", "delivery.leese", "delivery.lease", "log.level");
    }

    @Test
    void sigtermFinishesWhatIsInFlight() throws Exception {
        try (SmsSimulator provider = provider(slow(Duration.ofMillis(500)));
                ServerProcess server =
                        ServerProcess.start(folder, settings(provider)).awaitReady()) {
            accept(server, 200);
            Awaitility.await().until(() -> provider.stats().requests() > 0);

            assertThat(server.stop()).as("the exit code").isZero();

            long taken = provider.stats().accepted();
            provider.behave(Behaviour.perfect());
            try (ServerProcess again =
                    ServerProcess.start(folder, settings(provider)).awaitReady()) {
                awaitSent(again, 200);
            }
            assertThat(taken).as("sent before the stop").isPositive();
            assertThat(provider.stats().requests())
                    .as("each message was sent once")
                    .isEqualTo(200);
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        try (SmsSimulator provider = provider(Behaviour.perfect().withFault(Fault.HANG, 1));
                ServerProcess server =
                        ServerProcess.start(folder, settings(provider)).awaitReady()) {
            accept(server, 10);
            Awaitility.await().until(() -> provider.stats().requests() > 0);
            server.handle().destroy();
            Awaitility.await().until(() -> server.output().contains("a second signal ends at once"));

            assertThat(server.stop()).as("the exit code").isEqualTo(128 + 15);
        }
    }

    @Test
    void aProviderThatIsDownDelaysButLosesNothing() throws Exception {
        try (SmsSimulator provider = provider(Behaviour.perfect().withFault(Fault.TOO_MANY, 1));
                ServerProcess server =
                        ServerProcess.start(folder, settings(provider)).awaitReady()) {
            accept(server, 100);
            Awaitility.await().until(() -> provider.stats().failed() >= 100);

            provider.behave(Behaviour.perfect());

            awaitSent(server, 100);
            assertThat(provider.stats().accepted()).isEqualTo(100);
        }
    }

    @Test
    void aDatabaseThatGoesAwayAndComesBackLosesNothing() throws Exception {
        try (RealPostgres postgres = RealPostgres.start();
                SmsSimulator provider = provider(slow(Duration.ofMillis(20)));
                ServerProcess server = ServerProcess.start(
                                folder, settings(provider, "database.url=" + postgres.freshDatabase()))
                        .awaitReady()) {
            accept(server, 2_000);
            Awaitility.await().until(() -> provider.stats().accepted() > 200);
            postgres.stop();
            Awaitility.await("health tells that the database is down")
                    .until(() -> server.get("/health").statusCode() == 503);
            postgres.startAgain();

            awaitSent(server, 2_000);
            assertThat(provider.stats().accepted()).isEqualTo(2_000);
            assertThat(provider.stats().duplicatesByContent()).isZero();
        }
    }

    private static SmsSimulator provider(Behaviour behaviour) {
        return SmsSimulator.start(SmsSimulatorOptions.defaults().withBehaviour(behaviour));
    }

    private static Behaviour slow(Duration latency) {
        return Behaviour.perfect().withLatency(latency, latency);
    }

    private static List<String> settings(SmsSimulator provider, String... more) {
        List<String> settings = new ArrayList<>(List.of(more));
        settings.addAll(Messages.settings(provider));
        settings.add("delivery.retry.base=200ms");
        settings.add("delivery.retry.max=1s");
        return settings;
    }

    private static void accept(ServerProcess server, int count) throws Exception {
        Messages.accept(server, "fault", count);
    }

    private static void awaitSent(ServerProcess server, int count) {
        Awaitility.await("all to be sent")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Messages.sent(server)).isEqualTo(count));
    }

    /** Runs {@code serve} to its end, which must come by itself. */
    private int serve(String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("serve", "--debug"));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        Process process = ServerProcess.run(folder, arguments);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(output()).isTrue();
        return process.exitValue();
    }

    private String output() throws Exception {
        return Files.readString(folder.resolve("server.log"));
    }
}
