package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.log;
import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.ObservatoryOptions.DeadLetters;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A destination that refuses the credentials, and folders that cannot be written just now: nothing is given up for that. */
class UnauthorizedTest {
    private static final ObservatorySimulatorBehaviour PERFECT = ObservatorySimulatorBehaviour.perfect();

    private final ObservatorySimulator sink = Fixtures.sink();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        sink.close();
    }

    private ObservatoryOptions options() {
        return quick(to(sink)).withDeadLetters(new DeadLetters(folder.resolve("dead"), 64 << 10));
    }

    @ParameterizedTest
    @CsvSource({"401, true", "403, true", "407, true", "401, false"})
    void recordsAreKeptUntilTheCredentialsAreAccepted(int status, boolean spooled) throws InterruptedException {
        var options = spooled ? options().withSpool(Spooling.in(folder.resolve("spool"))) : options();
        sink.behave(PERFECT.answering(status, 0));
        try (var observatory = Observatory.start(options)) {
            log(observatory, 0, 10_000);
            soon().until(() -> observatory.stats().failures() > 5);
            assertThat(observatory.stats().unauthorized()).isOne();
            assertThat(observatory.stats().pending()).isEqualTo(10_000);
            sink.behave(PERFECT);
            assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(messages(sink)).isEqualTo(messages(0, 10_000));
            assertThat(observatory.stats().unauthorized()).isZero();
            assertThat(observatory.stats().deadLettered()).isZero();
            assertThat(observatory.stats().droppedInAll()).isZero();
        }
    }

    /** Requests name contexts: with wrong tokens they must not take memory for good. */
    @Test
    void aNamedContextIsGivenUpAfterTenMinutes() {
        var nanos = new AtomicLong();
        var options = options().withAllowed(AllowList.of(List.of(sink.url().toString())));
        sink.behave(PERFECT.answering(401, 0));
        try (var observatory = Shipper.start(options, ObservatoryListener.NONE, nanos::get)) {
            observatory.log(ExecutionContext.to(to(sink).withId("theirs")), LogRecord.of(Severity.INFO, "theirs"));
            observatory.log(Severity.INFO, "ours");
            soon().until(() -> {
                tick(observatory, nanos, Duration.ofMillis(10));
                return observatory.stats().unauthorized() == 2;
            });
            assertThat(observatory.stats().deadLettered()).isZero();
            soon().until(() -> {
                tick(observatory, nanos, Duration.ofMinutes(1));
                return observatory.stats().deadLettered() == 1;
            });
            assertThat(Duration.ofNanos(nanos.get())).isGreaterThanOrEqualTo(Duration.ofMinutes(10));
            assertThat(observatory.stats().pending()).isOne();
            observatory.close(Duration.ZERO);
        }
    }

    private static void tick(Shipper shipper, AtomicLong nanos, Duration by) {
        nanos.addAndGet(by.toNanos());
        shipper.wake();
    }

    @Test
    void deadLettersThatCannotBeWrittenNowAreTriedAgain() throws Exception {
        sink.behave(PERFECT.withPoison("arsenic"));
        Path dead = folder.resolve("dead");
        try (var observatory = Observatory.start(options())) {
            Files.delete(dead.resolve("lock"));
            Files.delete(dead);
            Files.writeString(dead, "in the way");
            observatory.log(Severity.INFO, "arsenic");
            soon().until(() -> observatory.stats().failures() > 0);
            Files.delete(dead);
            soon().until(() -> observatory.stats().deadLettered() == 1);
            assertThat(observatory.stats().droppedInAll()).isZero();
        }
    }

    @Test
    void aPauseKeepsRecordsAndAResumeShipsThem() throws InterruptedException {
        try (var observatory = Observatory.start(options().withSpool(Spooling.in(folder.resolve("spool"))))) {
            observatory.pause();
            assertThat(observatory.stats().paused()).isTrue();
            log(observatory, 0, 500);
            soon().until(() -> observatory.stats().spooled() == 500);
            assertThat(sink.stats().requests()).isZero();
            observatory.resume();
            assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(messages(sink)).isEqualTo(messages(0, 500));
        }
    }

    @Test
    void aPauseLastsThroughACloseAndTheSpoolKeepsTheRest() {
        var options = options().withSpool(Spooling.in(folder.resolve("spool")));
        var observatory = Observatory.start(options);
        observatory.pause();
        log(observatory, 0, 500);
        observatory.close(Duration.ofSeconds(10));
        assertThat(sink.stats().requests()).isZero();
        assertThat(observatory.stats().pending()).isEqualTo(500);
        try (var next = Observatory.start(options)) {
            soon().until(() -> messages(sink).equals(messages(0, 500)));
            assertThat(next.stats().recovered()).isEqualTo(500);
        }
    }
}
