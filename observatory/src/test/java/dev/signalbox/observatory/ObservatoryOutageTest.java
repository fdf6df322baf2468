package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.log;
import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.observatory.ObservatoryOptions.Batching;
import dev.signalbox.observatory.ObservatoryOptions.Memory;
import dev.signalbox.observatory.ObservatoryOptions.Retry;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import dev.signalbox.testing.simulator.ObservatorySimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObservatoryOutageTest {
    /** How many outages {@link #everythingArrivesInOrderAfterAnOutage} has, one after another. */
    private static final int OUTAGES = Effort.of(1, 20);

    private static final ObservatorySimulatorBehaviour PERFECT = ObservatorySimulatorBehaviour.perfect();

    private final ObservatorySimulator sink = Fixtures.sink();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        sink.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"CUT", "ANSWER"})
    void everythingArrivesInOrderAfterAnOutage(Fault fault) throws InterruptedException {
        var outage = fault == Fault.CUT ? PERFECT.with(Fault.CUT) : PERFECT.answering(503, 0);
        var options = quick(to(sink)).withSpool(Spooling.in(folder).withWindow(Duration.ofMillis(10)));
        try (var observatory = Observatory.start(options)) {
            for (int outages = 0; outages < OUTAGES; outages++) {
                int from = outages * 22_000;
                long failures = observatory.stats().failures();
                log(observatory, from, from + 1_000);
                sink.behave(outage);
                log(observatory, from + 1_000, from + 20_000);
                soon().until(() -> observatory.stats().failures() > failures + 3
                        && observatory.stats().pendingBytes() == 0);
                assertThat(observatory.stats().spooled()).isPositive();
                assertThat(observatory.stats().spoolBytes()).isPositive();
                log(observatory, from + 20_000, from + 21_000);
                sink.behave(PERFECT);
                log(observatory, from + 21_000, from + 22_000);
                assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
                assertThat(messages(sink)).isEqualTo(messages(0, from + 22_000));
                assertThat(observatory.stats().spoolBytes()).isZero();
                assertThat(observatory.stats().droppedInAll()).isZero();
            }
        }
        assertThat(folder.toFile().list()).containsExactly("lock");
    }

    /** What is under way when its destination is slow is on the disk as well, and must not be read from there again. */
    @Test
    void aSlowDestinationGetsNothingTwice() throws InterruptedException {
        try (var strict = ObservatorySimulator.start(
                        ObservatorySimulatorOptions.defaults().withDedupe(false));
                var observatory = Observatory.start(
                        quick(to(strict)).withSpool(Spooling.in(folder).withWindow(Duration.ofMillis(2))))) {
            strict.behave(PERFECT.withLatency(Duration.ofMillis(60)));
            for (int i = 0; i < 10; i++) {
                long spooled = observatory.stats().spooled();
                log(observatory, i * 150, i * 150 + 150);
                soon().until(() -> observatory.stats().spooled() > spooled);
            }
            assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            assertThat(messages(strict)).isEqualTo(messages(0, 1_500));
            assertThat(observatory.stats().shipped()).isEqualTo(1_500);
        }
    }

    @Test
    void aLostAnswerDoesNotDouble() throws InterruptedException {
        sink.behave(PERFECT.with(Fault.CUT_AFTER));
        try (var observatory = Observatory.start(quick(to(sink)).withSpool(Spooling.in(folder)))) {
            log(observatory, 0, 50);
            soon().until(() -> sink.stats().repeated() > 1);
            sink.behave(PERFECT);
            assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(messages(sink)).isEqualTo(messages(0, 50));
    }

    @Test
    void aHangingDestinationDoesNotKeepRecordsFromTheDisk() {
        sink.behave(PERFECT.with(Fault.HANG));
        var options = quick(to(sink))
                .withHttp(new ObservatoryOptions.Http(Duration.ofSeconds(1), Duration.ofMinutes(1), 8, false))
                .withSpool(Spooling.in(folder).withWindow(Duration.ofMillis(10)));
        var observatory = Observatory.start(options);
        log(observatory, 0, 250);
        soon().until(() -> observatory.stats().spoolBytes() > 250 * 40);
        log(observatory, 250, 500);
        observatory.close(Duration.ofMillis(300));
        sink.behave(PERFECT);
        try (var next = Observatory.start(options)) {
            soon().until(() -> sink.records().size() >= 500);
            assertThat(next.stats().recovered()).isEqualTo(500);
            assertThat(messages(sink)).isEqualTo(messages(0, 500));
        }
    }

    @Test
    void attemptsThatFollowFasterThanTheWindowDoNotPutOffTheSpool() {
        sink.behave(PERFECT.with(Fault.CUT));
        var options = quick(to(sink))
                .withRetry(new Retry(Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofSeconds(1)))
                .withSpool(Spooling.in(folder).withWindow(Duration.ofSeconds(1)));
        try (var observatory = Observatory.start(options)) {
            log(observatory, 0, 50);
            soon().until(() -> observatory.stats().spooled() == 50);
            observatory.close(Duration.ZERO);
        }
    }

    @Test
    void oneFailingContextDoesNotHoldUpTheOthers() throws InterruptedException {
        try (var dead = Fixtures.sink()) {
            dead.behave(PERFECT.with(Fault.HANG));
            var options =
                    quick(to(sink)).withAllowed(AllowList.of(List.of(dead.url().toString())));
            try (var observatory = Observatory.start(options)) {
                for (int i = 0; i < 20; i++) {
                    var context = ExecutionContext.to(to(dead).withId("c" + i));
                    observatory.log(context, LogRecord.of(Severity.INFO, "lost"));
                }
                soon().until(() -> dead.stats().requests() > 0);
                log(observatory, 0, 500);
                soon().until(() -> sink.records().size() == 500);
                observatory.close(Duration.ZERO);
            }
        }
    }

    @Test
    void retryAfterIsHonoured() {
        var nanos = new AtomicLong();
        sink.behave(PERFECT.answering(429, 3));
        var options = quick(to(sink)).withBatching(new Batching(1, 64 << 10, Duration.ofMillis(1)));
        try (var observatory = Shipper.start(options, ObservatoryListener.NONE, nanos::get)) {
            log(observatory, 0, 1);
            tick(observatory, nanos, Duration.ofMillis(10));
            soon().until(() -> observatory.stats().failures() == 1);
            sink.behave(PERFECT);
            tick(observatory, nanos, Duration.ofMillis(2_980));
            assertThat(observatory.stats().failures()).isOne();
            assertThat(sink.stats().requests()).isOne();
            soon().until(() -> {
                tick(observatory, nanos, Duration.ofMillis(10));
                return sink.stats().records() == 1;
            });
        }
    }

    private static void tick(Shipper shipper, AtomicLong nanos, Duration by) {
        nanos.addAndGet(by.toNanos());
        shipper.wake();
    }

    @Test
    void whatDoesNotFitMemoryIsDroppedOldestFirstAndTold() throws InterruptedException {
        sink.behave(PERFECT.with(Fault.CUT));
        var options = full(WhenFull.DROP_OLDEST);
        try (var observatory = Observatory.start(options)) {
            log(observatory, 0, 2_000);
            long dropped = observatory.stats().dropped(DropReason.FULL);
            assertThat(dropped).isBetween(1_000L, 1_999L);
            sink.behave(PERFECT);
            assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            soon().until(() -> messages(sink).contains(dropped + " records dropped"));
            assertThat(messages(sink)).contains("record 1999").hasSize((int) (2_001 - dropped));
        }
    }

    @Test
    void orNewestFirst() throws InterruptedException {
        sink.behave(PERFECT.with(Fault.CUT));
        try (var observatory = Observatory.start(full(WhenFull.DROP_NEWEST))) {
            log(observatory, 0, 2_000);
            long dropped = observatory.stats().dropped(DropReason.FULL);
            sink.behave(PERFECT);
            assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            soon().until(() -> messages(sink).contains(dropped + " records dropped"));
            assertThat(messages(sink)).contains("record 0").doesNotContain("record 1999");
        }
    }

    @Test
    void orTheCallerWaitsForRoomButNotForever() {
        sink.behave(PERFECT.with(Fault.CUT));
        try (var observatory = Observatory.start(full(WhenFull.BLOCK))) {
            int taken = 0;
            while (observatory.log(Severity.INFO, "record " + taken)) {
                taken++;
            }
            assertThat(taken).isBetween(1, 1_000);
            sink.behave(PERFECT);
            soon().until(() -> observatory.log(Severity.INFO, "after"));
        }
    }

    private ObservatoryOptions full(WhenFull whenFull) {
        var memory = new Memory(128 << 10, 96 << 10, 10, Duration.ofSeconds(1), whenFull, Duration.ofMillis(50));
        return quick(to(sink))
                .withMemory(memory)
                .withRetry(new Retry(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofSeconds(1)));
    }
}
