package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.FreePort;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs what the documents tell a reader to type. The blocks marked {@code sh} of one document are one script, since they
 * build on one another; it runs beside the data folder of a server with a simulated SMS provider, and ends at the first command that
 * fails. {@code curl} fails for any answer from 400 on.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("^```sh\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern METRIC = Pattern.compile("\\bsignalbox_[a-z_]+\\b");
    private static final String JWT_SECRET = "a secret of this test, at least 32 bytes long";
    private static final String CURL_CONFIG = "fail-with-body\nsilent\nshow-error\nmax-time = 60\n";
    private static final long MINUTES = 3;

    @TempDir
    Path folder;

    private SmsSimulator provider;
    private ServerProcess server;
    private int clientsPort;

    @BeforeEach
    void startServer() throws IOException {
        requireCurl();
        provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
        clientsPort = FreePort.find();
        List<String> settings = new ArrayList<>(Messages.settings(provider));
        settings.add("clients.jwt.secret=" + JWT_SECRET);
        server = ServerProcess.start(folder.resolve("signalbox-data"), settings, clientsPort)
                .awaitReady();
        Path examples = Files.createDirectory(folder.resolve("examples"));
        Files.copy(ROOT.resolve("examples/messages.csv"), examples.resolve("messages.csv"));
        Files.writeString(folder.resolve(".curlrc"), CURL_CONFIG);
        ServerProcess.writeLauncher(folder.resolve("signalbox"));
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
            provider.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "docs/rest.md",
                "docs/operations.md",
                "docs/flow-control.md",
                "docs/tokens.md",
                "docs/session-bus.md",
                "docs/maintenance.md",
                "docs/from-go-message-dispatcher.md",
                "docs/from-a-jobs-table.md"
            })
    void everyCommandOfADocumentSucceeds(String document) throws Exception {
        String script = script(document);

        assertThat(script).as("blocks marked sh in %s", document).isNotEmpty();
        assertThat(exitCode(script)).as("%s: %s", document, output()).isZero();
    }

    @Test
    void everyMetricNamedForOperatorsExists() throws Exception {
        // Metrics of an event are there once it has happened: these commands send messages.
        assertThat(exitCode(script("docs/rest.md"))).as(output()).isZero();

        Set<String> named = METRIC.matcher(Files.readString(ROOT.resolve("docs/operations.md")))
                .results()
                .map(match -> match.group())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).contains("signalbox_queue_depth");
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            String metrics = server.get("/metrics").body();
            assertThat(named)
                    .allSatisfy(name -> assertThat(metrics).containsPattern("(?m)^(# TYPE )?" + name + "[{ ]"));
        });
    }

    private String script(String document) throws IOException {
        return BLOCK.matcher(Files.readString(ROOT.resolve(document)))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.joining())
                .replace(":8080", ":" + server.uri("/").getPort())
                .replace(":8081", ":" + clientsPort);
    }

    private int exitCode(String script) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("bash", "-eux", "-o", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("CURL_HOME", folder.toString());
        builder.environment().put("SIGNALBOX_URL", server.uri("").toString());
        builder.environment().put("SIGNALBOX_CLIENTS_JWT_SECRET", JWT_SECRET);
        Process process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("still running after " + MINUTES + " min: " + output());
        }
        return process.exitValue();
    }

    private String output() throws IOException {
        Path file = folder.resolve("output");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static void requireCurl() {
        boolean found = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl")));
        if (!found && Boolean.parseBoolean(System.getenv("CI"))) {
            throw new AssertionError("curl is not on the PATH; install the package curl");
        }
        Assumptions.assumeTrue(found, "the documented commands were not tried: curl is not on the PATH");
    }
}
