package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.RealEtcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What docs/maintenance.md has a newcomer type in two terminals, with a real etcd and its own command. */
@Timeout(300)
@EnabledOnOs({OS.LINUX, OS.MAC})
class MaintenanceWalkTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "maintenance.md");
    private static final String HEADING = "### In two terminals";
    private static final Pattern SETTING = Pattern.compile("--set (\\S+)");
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final RealEtcd etcd = RealEtcd.shared();

    @Test
    void aNewcomerSeesTheNodeDrainReportAndServeAgain() throws Exception {
        Path etcdctl = RealEtcd.etcdctl();
        Iterator<String> lines = typed().iterator();
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), settings(lines.next()))
                .awaitReady()) {
            String put = lines.next();
            assertThat(put).startsWith("etcdctl put");
            assertThat(type(put, server, etcdctl)).contains("OK");

            String status = lines.next();
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(type(status, server, etcdctl)).contains("admission  CLOSED", "etcd"));
            assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);

            assertThat(type(lines.next(), server, etcdctl)).contains("drain 1", "DRAINED", "INTAKE", "requests");

            assertThat(type(lines.next(), server, etcdctl)).contains("1");
            String statusAgain = lines.next();
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(type(statusAgain, server, etcdctl)).contains("admission  OPEN"));
            assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
        }
        assertThat(lines).isExhausted();
    }

    /** The commands of the section, in order. */
    private static List<String> typed() throws IOException {
        String section = Files.readString(DOCUMENT).split(Pattern.quote(HEADING), 2)[1];
        return section.lines()
                .filter(line -> line.startsWith("$ "))
                .map(line -> line.substring(2))
                .toList();
    }

    /** Those of the first terminal's command, with this etcd in place of the one that a newcomer has. */
    private List<String> settings(String command) {
        assertThat(command).startsWith("./signalbox serve");
        List<String> settings = new ArrayList<>();
        Matcher matcher = SETTING.matcher(command);
        while (matcher.find()) {
            settings.add(
                    matcher.group(1).replace("http://127.0.0.1:2379", etcd.url().toString()));
        }
        assertThat(settings).hasSize(2);
        return settings;
    }

    private String type(String command, ServerProcess server, Path etcdctl) throws IOException, InterruptedException {
        return command.startsWith("etcdctl ") ? etcdctl(command, etcdctl) : signalbox(command, server);
    }

    private String etcdctl(String command, Path program) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.set(0, program.toString());
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("ETCDCTL_API", "3");
        builder.environment().put("ETCDCTL_ENDPOINTS", etcd.url().toString());
        return output(command, builder);
    }

    private String signalbox(String command, ServerProcess server) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.signalbox.server.SignalboxCommand"));
        words.addAll(List.of(command.split(" ")).subList(1, command.split(" ").length));
        words.addAll(List.of(
                "--url",
                server.uri("").toString(),
                "--data",
                folder.resolve("data").toString()));
        return output(command, new ProcessBuilder(words));
    }

    private String output(String command, ProcessBuilder builder) throws IOException, InterruptedException {
        Path file = folder.resolve("output");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(file.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command).isTrue();
        String output = Files.readString(file);
        assertThat(process.exitValue()).as("%s: %s", command, output).isZero();
        return output;
    }
}
