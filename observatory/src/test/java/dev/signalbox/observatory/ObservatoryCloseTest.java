package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.log;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservatoryCloseTest {
    /** What a busy machine may add to the 50 ms that are promised; the benchmark measures without. */
    private static final Duration PATIENCE = Duration.ofMillis(450);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"HANG, true, 400", "HANG, false, 400", "CUT, true, 400", "CUT, false, 400", "HANG, true, 0"})
    void aDeadDestinationDoesNotHoldUpTheClose(Fault fault, boolean spooled, long millis) {
        try (var sink = Fixtures.sink()) {
            sink.behave(ObservatorySimulatorBehaviour.perfect().with(fault));
            var options = spooled ? quick(to(sink)).withSpool(Spooling.in(folder)) : quick(to(sink));
            var observatory = Observatory.start(options);
            log(observatory, 0, 1_000);
            soon().until(() -> sink.stats().requests() > 0);
            long start = System.nanoTime();
            observatory.close(Duration.ofMillis(millis));
            var took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(took).isLessThan(Duration.ofMillis(millis + 50).plus(PATIENCE));
            var stats = observatory.stats();
            assertThat(stats.accepted()).isEqualTo(1_000);
            if (spooled) {
                assertThat(stats.pending() + stats.dropped(DropReason.CLOSED)).isEqualTo(1_000);
                assertThat(onDisk()).isEqualTo(stats.pending());
            } else {
                assertThat(stats.dropped(DropReason.CLOSED)).isEqualTo(1_000);
            }
            if (spooled && millis > 0) {
                assertThat(stats.pending()).isEqualTo(1_000);
            }
        }
    }

    private int onDisk() {
        var records = new ArrayList<LogRecord>();
        LogFiles.find(folder).forEach(file -> LogFiles.read(file, batch -> records.addAll(batch.records())));
        return records.size();
    }

    @Test
    void closingTwiceIsClosingOnce() {
        var observatory = Observatory.start(quick(Fixtures.nowhere()));
        observatory.close(Duration.ofMillis(10));
        observatory.close(Duration.ofHours(1));
        assertThat(observatory.log(Severity.INFO, "late")).isFalse();
    }
}
