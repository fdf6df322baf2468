package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When and how the launcher builds, alone and at the same time as others. */
class LauncherBuildTest extends LauncherFixture {
    @Test
    void buildsOnFirstUseWithProgressAndOnlyThen() throws Exception {
        Result first = signalbox("version");
        Result second = signalbox("version");

        assertThat(first.err()).contains("Building Signalbox", "signalbox-server", "Built in");
        assertThat(second.err()).isEmpty();
        assertThat(mavenCalls()).singleElement().asString().contains("package", "-pl server -am");
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
    void aRunningProgramKeepsItsBuildWhenANewerOneIsMade() throws Exception {
        signalbox("version");
        Process running = start(List.of("serve"), path());
        try (var out = running.inputReader(StandardCharsets.UTF_8);
                var in = running.outputWriter(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("serve");
            jar("fresh.jar", "SignalboxCommand", "ServerTraining", "CommandTraining");
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
}
