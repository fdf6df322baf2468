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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher script in a copy of the layout, with a program and a Maven that only tell how they were called. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
    private static final String PROGRAM = """
            package dev.signalbox.server;
            public class SignalboxCommand {
                public static void main(String[] args) throws Exception {
                    if (args[0].equals("serve")) {
                        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
                    }
                    System.out.println(String.join("|", args));
                    if (args[0].equals("demo")) {
                        System.exit(0); // the run that prepares fast starts
                    }
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
            class Training { public static void main(String[] args) { } }
            """;
    private static final String MAVEN = """
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
            ("router/src/main router/src/test router/target/surefire-reports endpoint database session delivery llm"
                            + " observatory exec console testing/simulator server/src server/target build/bom build/parent"
                            + " build/launcher .mvn classes bin benchmarks/src/main/java/dev/signalbox/benchmarks")
                    .split(" "));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String COPIES = "build/launcher/CopyJars.java";

    @TempDir
    Path folder;

    private Path root;

    private record Result(int exit, String out, String err) {}

    @BeforeEach
    void layOut() throws Exception {
        root = Files.createDirectory(folder.toRealPath().resolve("a checkout"));
        for (String each : FOLDERS) {
            Files.createDirectories(root.resolve(each));
        }
        Files.copy(Path.of("..", "signalbox"), root.resolve("signalbox"));
        makeExecutable(root.resolve("signalbox"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.copy(Path.of("..", COPIES), root.resolve(COPIES));
        Path source = root.resolve("classes/SignalboxCommand.java");
        Files.writeString(source, PROGRAM);
        ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", root.resolve("classes").toString(), source.toString());
        jar("fresh.jar", "SignalboxCommand", "Late", "Training");
        jar("library.jar");
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
        Process process = start(List.of("serve"), path());
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("serve");
            process.toHandle().destroy();
            assertThat(out.readLine()).isEqualTo("stopped");
        }
        assertThat(process.waitFor()).isEqualTo(128 + 15);
    }

    @Test
    void aRunningProgramKeepsItsBuildWhenANewerOneIsMade() throws Exception {
        signalbox("version");
        Process running = start(List.of("serve"), path());
        try (var out = running.inputReader(StandardCharsets.UTF_8);
                var in = running.outputWriter(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("serve");
            jar("fresh.jar", "SignalboxCommand", "Training");
            touchLater(root.resolve("router/src/main/Router.java"));
            signalbox("version");
            assertThat(builds()).hasSize(2);
            in.write("go on\n");
            in.flush();
            assertThat(out.readLine()).isEqualTo("loaded late");
        }
        assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();

        touchLater(root.resolve("router/src/main/Router.java"));
        signalbox("version");

        assertThat(builds()).as("what nobody runs is removed").hasSize(1);
    }

    @Test
    void verifyLeavesTheBuildThatIsInUseAsItWas() throws Exception {
        signalbox("version");
        Path jar = builds().getFirst().resolve("lib/signalbox-server-0.1.jar");
        byte[] before = Files.readAllBytes(jar);
        jar("fresh.jar", "SignalboxCommand");

        signalbox("verify");

        assertThat(Files.readAllBytes(jar)).isEqualTo(before);
    }

    @Test
    void ofTwoCommandsAtOnceOneBuildsAndTheOtherWaitsAndSaysSo() throws Exception {
        waitsForTheBuildOfAnother(path());
    }

    /** As on macOS. */
    @Test
    void withoutFlockPerlLocks() throws Exception {
        waitsForTheBuildOfAnother(
                tools("bash sh env dirname readlink mkdir date rm mv find grep tail head sleep cat cp touch perl"
                        .split(" ")));
    }

    private void waitsForTheBuildOfAnother(String path) throws Exception {
        Files.createFile(root.resolve("hangs"));
        Process first = start(List.of("version"), path);
        long[] maven = mavenPids();
        Process second = start(List.of("version"), path);
        try (var err = second.errorReader(StandardCharsets.UTF_8)) {
            assertThat(err.readLine())
                    .startsWith("Another signalbox command is building; waiting for it")
                    .contains("build, process " + first.pid());
            Files.delete(root.resolve("hangs"));
            ProcessHandle.of(maven[0]).orElseThrow().destroy(); // the sleep that it waits for

            assertThat(finish(first).exit()).isEqualTo(7);
            assertThat(err.readAllAsString()).isEmpty();
        }
        assertThat(second.waitFor()).isEqualTo(7);
        assertThat(mavenCalls()).hasSize(1);
    }

    @Test
    void whenABuilderIsKilledTheNextTakesOver() throws Exception {
        Files.createFile(root.resolve("hangs"));
        Process first = start(List.of("version"), path());
        long[] maven = mavenPids();
        first.destroyForcibly().waitFor();
        Files.delete(root.resolve("hangs"));
        for (long pid : maven) { // Linux ends it with the script; elsewhere the next command waits for it
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }

        Result next = signalbox("version");

        assertThat(next.exit()).isEqualTo(7);
        assertThat(mavenCalls()).hasSize(2);
        assertThat(builds()).as("without what the killed one left").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"version, INT, 130", "version, TERM, 143", "verify, INT, 130", "verify, HUP, 129"})
    void aSignalEndsMavenTooAndLeavesNoHalfBuild(String command, String signal, int code) throws Exception {
        Files.createFile(root.resolve("hangs"));
        Process process = start(List.of(command), path());
        long[] maven = mavenPids();

        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();

        assertThat(finish(process).exit()).isEqualTo(code);
        assertThat(LongStream.of(maven).mapToObj(ProcessHandle::of).flatMap(Optional::stream))
                .noneMatch(ProcessHandle::isAlive);
        assertThat(builds()).isEmpty();
    }

    @Test
    void shortCommandsAndServersHaveEachTheirOwnJvmOptionsAndCache() throws Exception {
        String command = signalbox("jvm").out();
        String server = signalbox("--debug", "serve", "jvm").out();

        assertThat(command).contains("TieredStopAtLevel=1", "UseSerialGC", "command.aot");
        assertThat(server).contains("server.aot").doesNotContain("TieredStopAtLevel");
        try (var files = Files.list(builds().getFirst())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("command.aot", "server.aot", "command.args", "server.args");
        }
    }

    @Test
    void theCacheFitsTheBuild() throws Exception {
        signalbox("version");
        Path build = builds().getFirst();

        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + build.resolve("command.args"),
                        "-XX:AOTMode=on", // ends the JVM where the cache does not fit
                        "-Xlog:class+load:file=" + root.resolve("classes.log"),
                        "dev.signalbox.server.SignalboxCommand",
                        "version")
                .start();

        assertThat(finish(java).exit()).isEqualTo(7);
        assertThat(Files.readString(root.resolve("classes.log"))).contains("source: shared objects file");
    }

    @Test
    void withACacheThatDoesNotFitItStartsAllTheSame() throws Exception {
        signalbox("version");
        Files.writeString(builds().getFirst().resolve("command.aot"), "not a cache");

        Result result = signalbox("send");

        assertThat(result).isEqualTo(new Result(7, "send\n", ""));
    }

    @Test
    void helpBeforeTheFirstBuildStartsNoMaven() throws Exception {
        Result help = signalbox("--help");
        Result none = signalbox();

        assertThat(help.out()).contains("demo", "serve", "verify", "bench", "not built yet");
        assertThat(none.exit()).isEqualTo(2);
        assertThat(root.resolve("mvn.calls")).doesNotExist();
    }

    @Test
    void benchHelpStartsNoMavenAndNamesTheBenchmarksOfTheSources() throws Exception {
        Path sources = root.resolve("benchmarks/src/main/java/dev/signalbox/benchmarks");
        for (String name : List.of("Benchmark", "RouterBenchmark", "DeliveryBenchmark")) {
            Files.createFile(sources.resolve(name + ".java"));
        }

        assertThat(signalbox("bench", "--help").out()).contains(": delivery router\n");
        assertThat(signalbox("bench").exit()).isEqualTo(2);
        assertThat(root.resolve("mvn.calls")).doesNotExist();
    }

    @Test
    void verifyIsMavensVerifyOnTheJdkThatWasFound() throws Exception {
        Result result = signalbox("verify", "-pl", "router");

        assertThat(result.exit()).isZero();
        assertThat(mavenCalls()).singleElement().asString().endsWith("verify -pl router");
    }

    @Test
    void verifyHandsItsLengthAndSeedToTheTests() throws Exception {
        signalbox("verify", "--long", "--seed", "42", "-o");
        signalbox("verify", "--seed=43");

        assertThat(mavenCalls().getFirst()).endsWith("verify -Dsignalbox.long=true -Dsignalbox.seed=42 -o");
        assertThat(mavenCalls().getLast()).endsWith("verify -Dsignalbox.seed=43");
    }

    @Test
    void verifyEndsWithTheSlowestTestsOfThisRunAndMavensExitCode() throws Exception {
        Path old = root.resolve("router/target/surefire-reports/TEST-Old.xml");
        Files.writeString(old, "<testcase name=\"gone\" classname=\"a.Old\" time=\"99\"/>");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(60)));
        Files.createDirectory(root.resolve("reports"));
        StringBuilder report = new StringBuilder("<testsuite>\n");
        for (int i = 1; i <= 30; i++) {
            report.append("  <testcase name=\"takes&lt;%d&gt;\" classname=\"dev.ATest\" time=\"1,0%02d.5\"/>\n"
                    .formatted(i, i));
        }
        Files.writeString(root.resolve("reports/TEST-dev.ATest.xml"), report);

        Result passed = signalbox("verify");
        Files.createFile(root.resolve("broken"));
        Result failed = signalbox("verify");

        assertThat(passed.out().lines().filter(line -> line.contains("ATest.")))
                .hasSize(20)
                .first()
                .asString()
                .isEqualTo("  1030.5 s  ATest.takes<30>");
        assertThat(passed.out()).doesNotContain("Old.gone").containsPattern("verify passed after 0 min \\d+ s\n$");
        assertThat(failed.out()).containsPattern("verify failed after");
        assertThat(failed.exit()).isEqualTo(1);
    }

    @Test
    void runsThroughASymbolicLinkFromAnotherFolderWithoutAHome() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a checkout", "signalbox"));
        ProcessBuilder builder =
                process(List.of(link.toString(), "version"), path()).directory(folder.toFile());
        builder.environment().remove("HOME");

        Result result = finish(builder.start());

        assertThat(result.exit()).as(result.err()).isEqualTo(7);
        assertThat(builds()).hasSize(1);
    }

    @Test
    void aMovedCheckoutIsBuiltAgain() throws Exception {
        signalbox("version");
        root = Files.move(root, folder.resolve("moved"));
        Files.writeString(root.resolve("bin/mvn"), MAVEN.replace("ROOT", root.toString()));

        assertThat(signalbox("version").exit()).isEqualTo(7);
        assertThat(mavenCalls()).hasSize(2);
    }

    @Test
    void whereNothingCanBeWrittenItSaysSoInTwoLines() throws Exception {
        Files.createFile(root.resolve(".signalbox")); // root writes to any folder; to a file as to a folder, nobody

        Result result = signalbox("version");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(2);
        assertThat(result.err()).contains("not writable");
    }

    @Test
    void withoutMavenItSaysWhatToInstallInTwoLines() throws Exception {
        Result result = finish(start(List.of("version"), tools("bash", "env", "dirname", "readlink", "mkdir")));

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(2);
        assertThat(result.err()).contains("Maven 3.8", "Install it");
    }

    private String path() {
        return root.resolve("bin") + ":" + System.getenv("PATH");
    }

    /** A folder with nothing but these tools, and the stand-in for Maven unless it is the one without. */
    private String tools(String... names) throws IOException {
        Path tools = Files.createDirectory(root.resolve("tools"));
        for (String tool : names) {
            Files.createSymbolicLink(tools.resolve(tool), onPath(tool));
        }
        return tools + (names.length > 5 ? ":" + root.resolve("bin") : "");
    }

    private long[] mavenPids() throws IOException {
        Path pids = root.resolve("mvn.pids");
        Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(pids));
        return Stream.of(Files.readString(pids).strip().split(" "))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    private List<Path> builds() throws IOException {
        try (var builds = Files.list(root.resolve(".signalbox/builds"))) {
            return builds.toList();
        }
    }

    private void jar(String name, String... classes) throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(root.resolve(name)))) {
            for (String each : classes) {
                String path = "dev/signalbox/server/" + each + ".class";
                jar.putNextEntry(new JarEntry(path));
                Files.copy(root.resolve("classes").resolve(path), jar);
            }
        }
    }

    private Result signalbox(String... arguments) throws Exception {
        return finish(start(List.of(arguments), path()));
    }

    private Process start(List<String> arguments, String path) throws IOException {
        List<String> command = new ArrayList<>(List.of(root.resolve("signalbox").toString()));
        command.addAll(arguments);
        return process(command, path).start();
    }

    private static ProcessBuilder process(List<String> command, String path) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(Map.of("PATH", path, "JAVA_HOME", System.getProperty("java.home")));
        return builder;
    }

    private static Result finish(Process process) throws Exception {
        process.outputWriter().close();
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
