package dev.signalbox.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.server.command.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a process of its own shows: signals, a full disk behind stdout, the user's own folder, loaded classes. */
class CommandProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aFullDiskBehindTheOutputIsAFailure() throws Exception {
        Process process = start(List.of(), "version")
                .redirectOutput(Path.of("/dev/full").toFile())
                .start();
        assertThat(exitCode(process)).isEqualTo(ExitCode.FAILED);
        assertThat(Files.readString(folder.resolve("err"))).contains("the output could not be written");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void anInterruptedDemoLeavesNothing(String signal) throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Process process = start(
                        List.of("-Djava.io.tmpdir=" + temporary),
                        "demo",
                        "--messages",
                        "10",
                        "--set",
                        "control.port=0",
                        "--set",
                        "clients.port=0")
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        await().atMost(PATIENCE)
                .until(() -> Files.readString(folder.resolve("out")).contains("token:"));
        send(signal, process);
        exitCode(process);
        assertThat(Files.readString(folder.resolve("err"))).doesNotContain("\u001b", "\r");
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(each -> each.getFileName().toString().startsWith("signalbox-demo")))
                    .isEmpty();
        }
    }

    @Test
    void anInterruptedImportSaysHowToGoOn() throws Exception {
        var asked = new CountDownLatch(2);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            asked.countDown();
            if (asked.getCount() > 0) {
                byte[] sums = "{\"accepted\":1000,\"duplicates\":0,\"refused\":0}\n".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, sums.length);
                exchange.getResponseBody().write(sums);
                exchange.close();
            }
        });
        server.start();
        try {
            Path file = Files.writeString(folder.resolve("m.ndjson"), "{}\n".repeat(2_500));
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            Process process = start(List.of(), "import", file.toString(), "--url", url)
                    .redirectOutput(folder.resolve("out").toFile())
                    .start();
            assertThat(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            send("INT", process);
            assertThat(exitCode(process)).isEqualTo(130);
        } finally {
            server.stop(0);
        }
        assertThat(Files.readString(folder.resolve("out"))).isEqualTo("1000 accepted, 0 known already, 0 refused\n");
        assertThat(Files.readString(folder.resolve("err")))
                .contains("interrupted", "not known whether the server has lines 1001 to 2000", "--from-line 1001");
    }

    @Test
    void contextsNameServersForOtherCommands() throws Exception {
        assertThat(run("context", "add", "away", "http://127.0.0.1:1", "--token-file", "t"))
                .isZero();
        assertThat(run("queue", "status")).isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(folder.resolve("err"))).contains("the token file cannot be read");
        Files.writeString(folder.resolve("t"), "token");
        assertThat(run("queue", "status", "--context", "away")).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(Files.readString(folder.resolve("err"))).contains("no server answers at http://127.0.0.1:1");
        assertThat(run("queue", "status", "--context", "awya")).isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(folder.resolve("err"))).contains("did you mean 'away'?");
        assertThat(run("context", "list")).isZero();
        assertThat(Files.readString(folder.resolve("out"))).containsPattern("\\* +away +http://127.0.0.1:1");
        assertThat(folder.resolve("signalbox").resolve("contexts.yaml")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "--help", "help", "--version"})
    void whatOnlyPrintsLoadsNoPartOfAServer(String arguments) throws Exception {
        assertThat(loaded(arguments))
                .filteredOn(CommandProcessTest::isPartOfAServer)
                .isEmpty();
    }

    /** picocli looks at the methods of every command, whose types are loaded then: no more than those of JSON as a tree. */
    @ParameterizedTest
    @ValueSource(strings = {"completion bash", "completion fish", "help queue list"})
    void whatExplainsCommandsReadsAndWritesNoJson(String arguments) throws Exception {
        assertThat(loaded(arguments))
                .filteredOn(CommandProcessTest::isPartOfAServer)
                .hasSizeLessThan(20)
                .allMatch(line -> line.contains("tools.jackson.core.") || line.contains("tools.jackson.databind."))
                .noneMatch(line -> line.contains("Mapper") || line.contains("Parser") || line.contains("Generator"));
    }

    /** Monitoring runs it every few seconds, and to read the JDK's authorities would take most of its time. */
    @Test
    void whatAsksOverHttpReadsNoAuthorities() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        try {
            assertThat(loaded("health --url http://127.0.0.1:"
                            + server.getAddress().getPort()))
                    .anyMatch(line -> line.contains(" jdk.internal.net.http.HttpClientImpl "))
                    .noneMatch(line -> line.contains("TrustStoreManager"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerStartsWithoutReadingAnnotationsOfCommands() throws Exception {
        String data = "data.folder=" + folder.resolve("data");
        Process process = loading("serve", "--set", data, "--set", "control.port=0", "--set", "clients.port=0");
        await().atMost(PATIENCE)
                .until(() -> Files.readString(folder.resolve("err")).contains(" ready: "));
        send("TERM", process);

        assertThat(exitCode(process)).isZero();
        assertThat(Files.readAllLines(folder.resolve("classes")))
                .anyMatch(line -> line.contains(" dev.signalbox.server.node.Server "))
                .noneMatch(line -> line.contains(" picocli.CommandLine$Model$OptionSpec "));
    }

    private List<String> loaded(String arguments) throws Exception {
        assertThat(exitCode(loading(arguments.split(" ")))).isZero();
        return Files.readAllLines(folder.resolve("classes"));
    }

    private Process loading(String... arguments) throws IOException {
        return start(List.of("-Xlog:class+load:file=" + folder.resolve("classes")), arguments)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
    }

    private static boolean isPartOfAServer(String line) {
        return Stream.of(" org.slf4j", "logback", " tools.jackson", " org.eclipse.jetty", " jdk.internal.net.http")
                .anyMatch(line::contains);
    }

    private int run(String... arguments) throws Exception {
        return exitCode(start(List.of(), arguments)
                .redirectOutput(folder.resolve("out").toFile())
                .start());
    }

    private ProcessBuilder start(List<String> options, String... arguments) {
        var command = new ArrayList<String>();
        // A build in the background ignores SIGINT, and what it starts would inherit that.
        if (System.getProperty("os.name").equals("Linux")) {
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(SignalboxCommand.class.getName());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("XDG_CONFIG_HOME", folder.toString());
        builder.redirectError(folder.resolve("err").toFile());
        return builder;
    }

    private static void send(String signal, Process process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
