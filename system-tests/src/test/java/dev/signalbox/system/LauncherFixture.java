package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a copy of the layout, with a program and a Maven that only tell how they were called. */
@EnabledOnOs({OS.LINUX, OS.MAC})
abstract class LauncherFixture {
    private static final String PROGRAM = """
            package dev.signalbox.server;
            public class SignalboxCommand {
                public static void main(String[] args) throws Exception {
                    if (args[0].equals("serve")) {
                        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
                    }
                    System.out.println(String.join("|", args));
                    if (args[args.length - 1].equals("jvm")) {
                        System.out.println(java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
                    }
                    if (args[0].equals("serve")) {
                        System.in.read();
                        System.out.println(Late.word());
                    }
                    System.exit(7);
                }
            }
            class Late { static String word() { return "loaded late"; } }
            class ServerTraining { public static void main(String[] args) { } }
            class CommandTraining { public static void main(String[] args) { } }
            """;
    static final String MAVEN = """
            #!/bin/sh
            echo "$JAVA_HOME $*" >>"ROOT/mvn.calls"
            echo "[INFO] Building signalbox-server 0.1 [1/1]"
            [ ! -e "ROOT/broken" ] || { echo "[ERROR] Foo.java:[1,2] ';' expected"; exit 1; }
            if [ -e "ROOT/hangs" ]; then
                sleep 300 &
                echo $! $$ >"ROOT/mvn.pids.new"
                mv "ROOT/mvn.pids.new" "ROOT/mvn.pids"
                wait
            fi
            [ ! -e "ROOT/reports" ] || cp -r "ROOT/reports/." router/target/surefire-reports
            cp "ROOT/fresh.jar" server/target/signalbox-server-0.1.jar
            cp "ROOT/library.jar" server/target/library.jar
            printf %s "ROOT/server/target/library.jar" >server/target/classpath
            """;
    private static final List<String> FOLDERS = List.of(
            ("tls http cluster ha maintenance router/src/main router/src/test router/target/surefire-reports endpoint database session delivery llm"
                            + " observatory exec mail templates console testing/simulator server/src server/target build/bom build/parent"
                            + " build/launcher/package/lib .mvn classes bin benchmarks/src/main/java/dev/signalbox/benchmarks")
                    .split(" "));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<String> USED = List.of(
            "signalbox",
            "build/launcher/CopyJars.java",
            "build/launcher/package/lib/jvm.options",
            "build/launcher/package/lib/server.options",
            "build/launcher/package/lib/training.options",
            "build/launcher/package/lib/command.options");

    @TempDir
    Path folder;

    Path root;

    record Result(int exit, String out, String err) {}

    @BeforeEach
    void layOut() throws Exception {
        root = Files.createDirectory(folder.toRealPath().resolve("a checkout"));
        for (String each : FOLDERS) {
            Files.createDirectories(root.resolve(each));
        }
        for (String each : USED) {
            Files.copy(Path.of("..", each), root.resolve(each));
        }
        makeExecutable(root.resolve("signalbox"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Path source = root.resolve("classes/SignalboxCommand.java");
        Files.writeString(source, PROGRAM);
        ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", root.resolve("classes").toString(), source.toString());
        jar("fresh.jar", "SignalboxCommand", "Late", "ServerTraining", "CommandTraining");
        jar("library.jar");
        Files.writeString(root.resolve("bin/mvn"), MAVEN.replace("ROOT", root.toString()));
        makeExecutable(root.resolve("bin/mvn"));
    }

    String path() {
        return root.resolve("bin") + ":" + System.getenv("PATH");
    }

    /** A folder with nothing but these tools, and the stand-in for Maven unless it is the one without. */
    String tools(String... names) throws IOException {
        Path tools = Files.createDirectory(root.resolve("tools"));
        for (String tool : names) {
            Files.createSymbolicLink(tools.resolve(tool), onPath(tool));
        }
        return tools + (names.length > 5 ? ":" + root.resolve("bin") : "");
    }

    long[] mavenPids() throws IOException {
        Path pids = root.resolve("mvn.pids");
        Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(pids));
        return Stream.of(Files.readString(pids).strip().split(" "))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    List<Path> builds() throws IOException {
        try (var builds = Files.list(root.resolve(".signalbox/builds"))) {
            return builds.toList();
        }
    }

    void jar(String name, String... classes) throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(root.resolve(name)))) {
            for (String each : classes) {
                String path = "dev/signalbox/server/" + each + ".class";
                jar.putNextEntry(new JarEntry(path));
                Files.copy(root.resolve("classes").resolve(path), jar);
            }
        }
    }

    Result signalbox(String... arguments) throws Exception {
        return finish(start(List.of(arguments), path()));
    }

    Process start(List<String> arguments, String path) throws IOException {
        List<String> command = new ArrayList<>();
        // A build in the background ignores SIGINT and SIGHUP, and what it starts would inherit that.
        if (System.getProperty("os.name").equals("Linux")) {
            command.addAll(List.of("/usr/bin/env", "--default-signal=INT,HUP,TERM"));
        }
        command.add(root.resolve("signalbox").toString());
        command.addAll(arguments);
        return process(command, path).start();
    }

    static ProcessBuilder process(List<String> command, String path) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(Map.of("PATH", path, "JAVA_HOME", System.getProperty("java.home")));
        return builder;
    }

    static Result finish(Process process) throws Exception {
        process.outputWriter().close();
        try (var err = process.errorReader(StandardCharsets.UTF_8);
                var out = process.inputReader(StandardCharsets.UTF_8)) {
            String printed = out.readAllAsString();
            String complaints = err.readAllAsString();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Result(process.exitValue(), printed, complaints);
        }
    }

    List<String> mavenCalls() throws IOException {
        return Files.readAllLines(root.resolve("mvn.calls"));
    }

    static void touchLater(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "changed");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    }

    static void makeExecutable(Path file) {
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    static Path onPath(String tool) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
