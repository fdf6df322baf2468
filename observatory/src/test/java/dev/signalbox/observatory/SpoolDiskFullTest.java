package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.ObservatoryOptions.Memory;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is really full: a tmpfs of two megabytes. Mounting one needs root, so elsewhere this test is skipped, also in
 * CI; that the spool copes with a refused write is tested everywhere by its bound ({@code aBoundOfTheSpoolIsKept}), which
 * fails in the same way.
 */
class SpoolDiskFullTest {
    @TempDir
    Path folder;

    @Test
    void aFullDiskFallsBackToMemoryAndRecovers() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(
                ran("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()),
                "skipped: only root may mount a tmpfs to fill");
        try {
            fill(disk);
        } finally {
            assertThat(ran("umount", disk.toString())).isTrue();
        }
    }

    private static void fill(Path disk) throws InterruptedException {
        var spoolFailures = new AtomicInteger();
        var listener = new ObservatoryListener() {
            @Override
            public void spoolFailed(String why) {
                assertThat(why).contains("No space left");
                spoolFailures.incrementAndGet();
            }
        };
        try (var sink = Fixtures.sink()) {
            sink.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
            var memory = new Memory(1 << 20, 1 << 20, 10, Duration.ofSeconds(9), WhenFull.DROP_NEWEST, Duration.ZERO);
            var options = quick(to(sink))
                    .withMemory(memory)
                    .withSpool(Spooling.in(disk.resolve("spool")).withWindow(Duration.ofMillis(5)));
            try (var observatory = Observatory.start(options, listener)) {
                int logged = 0;
                while (spoolFailures.get() == 0 || observatory.stats().dropped(DropReason.FULL) == 0) {
                    observatory.log(Severity.INFO, "record " + logged++);
                }
                var full = observatory.stats();
                assertThat(full.accepted() + full.dropped(DropReason.FULL)).isEqualTo(logged);
                sink.behave(ObservatorySimulatorBehaviour.perfect());
                assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
                soon().until(() -> observatory.stats().pending() == 0);
                assertThat(sink.stats().records())
                        .isEqualTo(full.accepted() + observatory.stats().notices());
                assertThat(messages(sink).stream().filter(m -> m.endsWith("records dropped")))
                        .isNotEmpty();
                assertThat(observatory.stats().spoolBytes()).isZero();
                takesToTheDiskAgain(observatory, sink);
            }
        }
    }

    private static void takesToTheDiskAgain(
            Observatory observatory, dev.signalbox.testing.simulator.ObservatorySimulator sink) {
        long before = observatory.stats().spooled();
        sink.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
        observatory.log(Severity.INFO, "once more");
        soon().until(() -> observatory.stats().spooled() + observatory.stats().spoolBytes() > before);
        sink.behave(ObservatorySimulatorBehaviour.perfect());
        soon().until(() -> messages(sink).contains("once more"));
    }

    private static boolean ran(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
