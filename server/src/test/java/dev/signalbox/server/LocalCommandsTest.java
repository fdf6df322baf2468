package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.testing.services.RealPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that need no server. */
class LocalCommandsTest {
    private static final String SECRET = "clients.jwt.secret=0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    @Test
    void printsTheConfigurationInEffect() throws IOException {
        var file = Files.writeString(folder.resolve("s.yaml"), "control: {port: 9000}");
        var run = Run.of("serve", "--config", file.toString(), "--set", "log.level=debug", "--print-config");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("port: 9000  # s.yaml line 1").contains("level: debug  # --set");
    }

    @Test
    void doesNotServeAConfigurationThatIsWrong() {
        var run = Run.of("serve", "--set", "control.prot=1", "--set", "clients.port=x");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .startsWith("signalbox: 2 settings are wrong:")
                .contains("did you mean control.port?")
                .contains("clients.port: 'x'");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void doesNotServeOnAPortInUse() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var run = Run.of(
                    "serve",
                    "--set",
                    "data.folder=" + folder,
                    "--set",
                    "control.port=" + taken.getLocalPort(),
                    "--set",
                    "clients.port=0");
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err()).startsWith("signalbox: cannot listen on").doesNotContain("\tat ");
        }
    }

    @Test
    void countsTheSegmentsOfATextMessage() {
        var one = Run.of("sms", "segments", "Your table is ready");
        assertThat(one.exitCode()).isZero();
        assertThat(one.out()).isEqualTo("1 segment of gsm-7: 19 characters, 19 units, room for 141 more\n");
        var two = Run.of("sms", "segments", "--json", "\u2019" + "x".repeat(70));
        assertThat(two.exitCode()).isZero();
        assertThat(two.out())
                .startsWith(
                        "{\"alphabet\":\"ucs-2\",\"characters\":71,\"units\":71,\"room\":63,\"segments\":[\"\u2019xxx");
    }

    @Test
    void migratesOnceAndShowsTheHistory() {
        String data = "data.folder=" + folder;
        assertThat(Run.of("migrate", "--status", "--set", data).out()).contains("pending");
        assertThat(Run.of("migrate", "--set", data).out()).doesNotContain("pending");
        var second = Run.of("migrate", "--json", "--set", data);
        assertThat(second.exitCode()).isZero();
        assertThat(second.json().get(0).get("appliedAt").isString()).isTrue();
    }

    @Test
    void checksTheHistoryOfTheQueue() {
        String data = "data.folder=" + folder;
        assertThat(Run.of("migrate", "--set", data).exitCode()).isZero();
        var clean = Run.of("check", "history", "--set", data, "--key-lifetime", "sms=1d");
        assertThat(clean.exitCode()).isZero();
        assertThat(clean.out()).contains("0 messages").contains("Every promise was kept");

        try (var database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("signalbox.db")))) {
            DeliveryQueue.on(database)
                    .enqueue(Reach.to("sms:+61491570006").body("x").build());
            database.transact(connection -> connection.createStatement().executeUpdate("delete from delivery_ready"));
        }
        var broken = Run.of("check", "history", "--set", data);
        assertThat(broken.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(broken.out()).contains("BROKEN  every message is in exactly one place: 1 times");
        assertThat(Run.of("check", "history", "--set", data, "--json").out()).contains("\"violations\"");
    }

    @Test
    void dryRunPrintsWhatMigratingWouldRun() {
        String data = "data.folder=" + folder;
        var dry = Run.of("migrate", "--dry-run", "--set", data);
        assertThat(dry.exitCode()).isZero();
        assertThat(dry.out()).contains("-- delivery 1: delivery").contains("create table delivery_message");
        var json = Run.of("migrate", "--dry-run", "--json", "--set", data).json();
        assertThat(json.values().stream().map(each -> each.get("sql").asString()))
                .anyMatch(sql -> sql.contains("create table delivery_message"));
        assertThat(Run.of("migrate", "--status", "--set", data).out()).contains("pending");

        assertThat(Run.of("migrate", "--set", data).exitCode()).isZero();
        assertThat(Run.of("migrate", "--dry-run", "--set", data).out()).contains("nothing to do");
        assertThat(Run.of("migrate", "--dry-run", "--status", "--set", data).exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void sessionsInTheDatabaseAreMigrated() {
        String database = "database.url=" + RealPostgres.shared().freshDatabase();

        assertThat(Run.of("migrate", "--status", "--set", database).out())
                .containsPattern("delivery +1 .* pending")
                .containsPattern("session +1 .* pending");
        assertThat(Run.of("migrate", "--set", database).out())
                .containsPattern("session +1 ")
                .doesNotContain("pending");
    }

    @Test
    void explainsADatabaseThatIsNotThere() {
        var run = Run.of("migrate", "--set", "database.url=postgresql://127.0.0.1:1/none");
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).startsWith("signalbox: ").contains("127.0.0.1:1").doesNotContain("\tat ");
    }

    @Test
    void makesATokenForAClient() {
        assertThat(Run.of("token", "alice", "--set", SECRET).out().strip().split("\\."))
                .hasSize(3);
        var json = Run.of("token", "alice", "--set", SECRET, "--json", "--expires-in", "1h")
                .json();
        assertThat(json.get("client").asString()).isEqualTo("alice");
        var none = Run.of("token", "alice");
        assertThat(none.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("clients.jwt.secret is not set");
    }

    @Test
    void explainsWhyASimulatorCannotRun() throws IOException {
        assertThat(Run.of("simulator", "sms", "--fault", "hang=2").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("simulator", "sms", "--fault", "nap=0.5").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("simulator", "sms", "--max-latency", "soon").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @ParameterizedTest
    @CsvSource({"'',1h", "bob smith,1h", "bob,0s", "bob,0", "bob,3651d"})
    void aTokenThatNoServerAcceptsIsNotMade(String client, String lifetime) {
        var run = Run.of("token", client, "--set", SECRET, "--expires-in", lifetime);
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .containsAnyOf("CLIENT: ", "--expires-in must be 1s to 3650d")
                .hasLineCount(1);
    }
}
