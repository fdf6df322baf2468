package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the launcher runs the program: arguments, exit codes, signals, JVM options, its own help. */
class LauncherTest extends LauncherFixture {
    @Test
    void passesArgumentsWithSpacesAndTheExitCodeThrough() throws Exception {
        Result result = signalbox("send", "two words", "", "*", "\"quoted\"");

        assertThat(result.out()).isEqualTo("send|two words||*|\"quoted\"\n");
        assertThat(result.exit()).isEqualTo(7);
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
    void exampleHelpStartsNoMavenAndNamesTheExamplesOfTheSources() throws Exception {
        Path sources = Files.createDirectories(root.resolve("examples/src/main/java/dev/signalbox/examples"));
        for (String name : List.of("Examples", "RouterExample", "MaintenanceHttpExample")) {
            Files.writeString(sources.resolve(name + ".java"), "public static void main(String[] args) {}");
        }
        Files.writeString(sources.resolve("MailExample.java"), "");

        assertThat(signalbox("example", "--help").out()).contains(": maintenance-http router\n");
        assertThat(signalbox("example").exit()).isEqualTo(2);
        assertThat(root.resolve("mvn.calls")).doesNotExist();
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
}
