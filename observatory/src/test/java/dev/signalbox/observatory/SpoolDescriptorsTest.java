package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process without a file descriptor left: what cannot be opened now is not damaged, and is shipped later. */
class SpoolDescriptorsTest {
    private final ObservatorySimulator sink = Fixtures.sink();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        sink.close();
    }

    private Process start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n 256; exec \"$0\" \"$@\"",
                        java,
                        "-Xmx128m",
                        "-cp",
                        SpoolCrashTest.classPath(),
                        DescriptorsProcess.class.getName(),
                        sink.url().toString(),
                        folder.resolve("warm-up").toString(),
                        folder.resolve("spool").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The process logs to its standard output as well. */
    private static void awaitLine(BufferedReader out, String line) throws IOException {
        String next = out.readLine();
        while (!line.equals(next)) {
            assertThat(next).as("the process has ended before it said %s", line).isNotNull();
            next = out.readLine();
        }
    }

    private static List<String> rest(Process process, BufferedReader out) throws InterruptedException {
        var lines = new ArrayList<>(out.lines().toList());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s", lines).isZero();
        return lines;
    }

    @Test
    void aSpoolThatCannotBeOpenedForAWhileIsShippedAfterwards() throws Exception {
        var process = start();
        try (var out = process.inputReader();
                var in = process.outputWriter()) {
            awaitLine(out, "log");
            sink.reset();
            sink.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
            in.write("\n");
            in.flush();
            awaitLine(out, "released");
            sink.behave(ObservatorySimulatorBehaviour.perfect());
            assertThat(rest(process, out)).contains("dropped 0");
        } finally {
            process.destroyForcibly();
        }
        assertThat(messages(sink)).isEqualTo(messages(0, 1_000));
        assertThat(LogFiles.find(folder)).isEmpty();
    }

    /** A folder in the file's place can be opened, but not read, also by root. */
    @Test
    void whatCannotBeReadAtTheStartIsRecoveredLaterAndBeforeWhatIsNew() throws Exception {
        var before = Observatory.start(quick(Fixtures.nowhere()).withSpool(Spooling.in(folder)));
        Fixtures.log(before, 0, 1_000);
        before.close(Duration.ofSeconds(10));
        assertThat(before.stats().pending()).isEqualTo(1_000);
        Path file = LogFiles.find(folder).getFirst();
        Path aside = Files.move(file, folder.resolve("aside"));
        Files.createDirectory(file);
        sink.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
        try (var observatory = Observatory.start(quick(to(sink)).withSpool(Spooling.in(folder)))) {
            assertThat(observatory.stats().recovered()).isZero();
            Fixtures.log(observatory, 1_000, 1_100);
            soon().until(() -> observatory.stats().spooled() == 100);
            Files.delete(file);
            Files.move(aside, file);
            soon().until(() -> observatory.stats().recovered() == 1_000);
            sink.behave(ObservatorySimulatorBehaviour.perfect());
            assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(messages(sink)).isEqualTo(messages(0, 1_100));
            assertThat(observatory.stats().pending()).isZero();
            assertThat(observatory.stats().droppedInAll()).isZero();
        }
        assertThat(LogFiles.find(folder)).isEmpty();
    }
}
