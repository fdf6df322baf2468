package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server of its own process has the JVM do until it is ready. */
@Timeout(180)
class StartedClassesTest {
    @TempDir
    private Path folder;

    private static final String CONFIGURATION = """
            control: {host: 127.0.0.1, port: 0}
            clients:
              port: 0
              idle-timeout: 30s
              max-message: 64KiB
            topics:
              rules:
                - {name: news/*, publish: alice, subscribe: "*"}
            delivery:
              retention: {sent: 30d, unsent: 90d}
            log:
              level: info
            """;

    /**
     * For the first BigDecimal, JDK 25 makes a table of powers of five, which took a tenth of a start. JSON that is read has one, and so
     * have {@code Duration.multipliedBy} and {@code dividedBy}.
     */
    @Test
    void aStartThatFindsItsTablesNeedsNoBigDecimal() throws Exception {
        assertNoBigDecimal("--set", "control.port=0", "--set", "clients.port=0");
    }

    @Test
    void aConfigurationFileNeedsNone() throws Exception {
        Path file = Files.writeString(folder.resolve("signalbox.yaml"), CONFIGURATION);
        assertNoBigDecimal("--config", file.toString());
    }

    private void assertNoBigDecimal(String... arguments) throws Exception {
        String _ = classesOfAStart(arguments);

        assertThat(classesOfAStart(arguments))
                .contains("'dev/signalbox/server/node/Server'")
                .doesNotContain("'java/math/BigDecimal'");
    }

    /** Until it is ready; then it is killed, since a stop is not looked at. */
    private String classesOfAStart(String... arguments) throws IOException, InterruptedException {
        Path classes = folder.resolve("classes.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+init=info:file=" + classes,
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.signalbox.server.SignalboxCommand",
                "serve",
                "--set",
                "data.folder=" + folder.resolve("data")));
        command.addAll(List.of(arguments));
        Process server = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
            awaitReady(output);
            return Files.readString(classes);
        } finally {
            server.destroyForcibly();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void awaitReady(BufferedReader output) throws IOException {
        List<String> lines = new ArrayList<>();
        while (lines.isEmpty() || !lines.getLast().contains(" ready: ")) {
            String line = output.readLine();
            assertThat(line).as("the server ended: %s", lines).isNotNull();
            lines.add(line);
        }
    }
}
