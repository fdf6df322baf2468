package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a copy of the layout, with a program and a Maven that only tell how they were called. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
    private static final String PROGRAM = """
            package dev.signalbox.server.cli;
            public class SignalboxCommand {
                public static void main(String[] args) throws Exception {
                    System.out.println(String.join("|", args));
                    if (args[0].equals("demo")) {
                        System.exit(0); // the run that prepares fast starts
                    }
                    if (args[0].equals("wait")) {
                        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
                        Thread.currentThread().join();
                    }
                    System.exit(7);
                }
            }
            """;
    private static final String MAVEN = """
            #!/bin/sh
            echo "$JAVA_HOME $*" >>"ROOT/mvn.calls"
            echo "[INFO] Building signalbox-server 0.1 [1/1]"
            [ ! -e "ROOT/broken" ] || { echo "[ERROR] Foo.java:[1,2] ';' expected"; exit 1; }
            cp "ROOT/fresh.classpath" server/target/classpath
            """;

    private static final List<String> FOLDERS =
            List.of(("router/src/main router/src/test endpoint database session delivery llm observatory exec console "
                            + "testing/simulator server/src server/target build/bom build/parent .mvn classes bin")
                    .split(" "));

    @TempDir
    Path root;

    private record Result(int exit, String out, String err) {}

    @BeforeEach
    void layOut() throws Exception {
        Files.copy(Path.of("..", "signalbox"), root.resolve("signalbox"));
        makeExecutable(root.resolve("signalbox"));
        for (String folder : FOLDERS) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.writeString(root.resolve("server/target/signalbox-server-0.1.jar"), "");
        Files.writeString(
                root.resolve("fresh.classpath"), root.resolve("classes").toString());
        Path source = root.resolve("classes/SignalboxCommand.java");
        Files.writeString(source, PROGRAM);
        ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", root.resolve("classes").toString(), source.toString());
        Files.writeString(root.resolve("bin/mvn"), MAVEN.replace("ROOT", root.toString()));
        makeExecutable(root.resolve("bin/mvn"));
    }

    @Test
    void buildsOnFirstUseWithProgressAndOnlyThen() throws Exception {
        Result first = signalbox("version");
        Result second = signalbox("version");

        assertThat(first.err()).contains("Building Signalbox", "signalbox-server", "Built in");
        assertThat(second.err()).isEmpty();
        assertThat(mavenCalls()).singleElement().asString().contains("package", "-pl server -am");
    }

    @Test
    void passesArgumentsWithSpacesAndTheExitCodeThrough() throws Exception {
        Result result = signalbox("send", "two words", "", "*", "\"quoted\"");

        assertThat(result.out()).isEqualTo("send|two words||*|\"quoted\"\n");
        assertThat(result.exit()).isEqualTo(7);
    }

    @Test
    void noticesAChangedSourceButNotAChangedTest() throws Exception {
        signalbox("version");
        touchLater(root.resolve("router/src/test/SomeTest.java"));
        signalbox("version");
        assertThat(mavenCalls()).hasSize(1);

        touchLater(root.resolve("router/src/main/Router.java"));
        signalbox("version");
        assertThat(mavenCalls()).hasSize(2);
    }

    @Test
    void aBrokenBuildShowsTheErrorsAndWhereTheLogIs() throws Exception {
        Files.createFile(root.resolve("broken"));

        Result result = signalbox("version");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("';' expected", "build.log");
    }

    @Test
    void forwardsATerminationSignal() throws Exception {
        signalbox("version");
        Process process = start(List.of("wait"), System.getenv("PATH"));
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("wait");
            process.toHandle().destroy();
            assertThat(out.readLine()).isEqualTo("stopped");
        }
        assertThat(process.waitFor()).isEqualTo(128 + 15);
    }

    @Test
    void verifyIsMavensVerifyOnTheJdkThatWasFound() throws Exception {
        Result result = signalbox("verify", "-pl", "router");

        assertThat(result.exit()).isZero();
        assertThat(mavenCalls()).singleElement().asString().endsWith("verify -pl router");
    }

    @Test
    void withoutMavenItSaysWhatToInstallInTwoLines() throws Exception {
        Path tools = Files.createDirectory(root.resolve("tools"));
        for (String tool : List.of("bash", "env", "dirname", "readlink", "mkdir")) {
            Files.createSymbolicLink(tools.resolve(tool), onPath(tool));
        }

        Result result = finish(start(List.of("version"), tools.toString()));

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(2);
        assertThat(result.err()).contains("Maven 3.8", "Install it");
    }

    private Result signalbox(String... arguments) throws Exception {
        return finish(start(List.of(arguments), root.resolve("bin") + ":" + System.getenv("PATH")));
    }

    private Process start(List<String> arguments, String path) throws IOException {
        List<String> command = new ArrayList<>(List.of(root.resolve("signalbox").toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(Map.of("PATH", path, "JAVA_HOME", System.getProperty("java.home")));
        return builder.start();
    }

    private static Result finish(Process process) throws Exception {
        try (var err = process.errorReader(StandardCharsets.UTF_8);
                var out = process.inputReader(StandardCharsets.UTF_8)) {
            String printed = out.readAllAsString();
            String complaints = err.readAllAsString();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Result(process.exitValue(), printed, complaints);
        }
    }

    private List<String> mavenCalls() throws IOException {
        return Files.readAllLines(root.resolve("mvn.calls"));
    }

    private static void touchLater(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "changed");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    }

    private static void makeExecutable(Path file) {
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Path onPath(String tool) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
