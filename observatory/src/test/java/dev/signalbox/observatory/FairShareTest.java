package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.signalbox.observatory.ObservatoryOptions.Memory;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What contexts share: memory, the disk, requests. Those whose destination is dead leave enough for the others. */
class FairShareTest {
    private final ObservatorySimulator healthy = Fixtures.sink();
    private final ObservatorySimulator dead = Fixtures.sink();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        healthy.close();
        dead.close();
    }

    private ObservatoryOptions options() {
        return quick(to(healthy))
                .withAllowed(AllowList.of(
                        List.of(dead.url().toString(), healthy.url().toString())));
    }

    private static void fill(Observatory observatory, Destination destination) {
        var context = ExecutionContext.to(destination);
        IntStream.range(0, 3_000).forEach(i -> observatory.log(context, LogRecord.of(Severity.INFO, "x".repeat(500))));
    }

    @ParameterizedTest
    @EnumSource(WhenFull.class)
    void twoDeadContextsLeaveMemoryForAHealthyOne(WhenFull whenFull) throws InterruptedException {
        dead.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.HANG));
        var memory = new Memory(1 << 20, 512 << 10, 100, Duration.ofMinutes(1), whenFull, Duration.ZERO);
        try (var observatory = Observatory.start(options().withMemory(memory))) {
            fill(observatory, to(dead).withId("a"));
            fill(observatory, to(dead).withId("b"));
            assertThat(observatory.stats().dropped(DropReason.FULL)).isPositive();
            var context = ExecutionContext.to(to(healthy).withId("c"));
            for (int i = 0; i < 200; i++) {
                assertThat(observatory.log(context, LogRecord.of(Severity.INFO, "record " + i)))
                        .isTrue();
            }
            soon().until(() -> messages(healthy).equals(messages(0, 200)));
            observatory.close(Duration.ZERO);
        }
    }

    @Test
    void aDeadContextLeavesRoomInTheSpoolForAnotherOne() {
        dead.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
        healthy.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.CUT));
        var spool = new Spooling(folder, 1 << 20, 64 << 10, Duration.ofMillis(1), false);
        try (var observatory = Observatory.start(options().withSpool(spool))) {
            soon().until(() -> {
                fill(observatory, to(dead));
                return observatory.stats().spoolBytes() > 400 << 10
                        && observatory.stats().pendingBytes() > 1 << 20;
            });
            long before = observatory.stats().spooled();
            observatory.log(Severity.INFO, "record 0");
            soon().until(() -> observatory.stats().spooled() > before);
            healthy.behave(ObservatorySimulatorBehaviour.perfect());
            soon().until(() -> messages(healthy).contains("record 0"));
            observatory.close(Duration.ZERO);
        }
    }

    @Test
    void manyHangingContextsDoNotTakeAllRequests() {
        dead.behave(ObservatorySimulatorBehaviour.perfect().with(Fault.HANG));
        var http = new ObservatoryOptions.Http(Duration.ofSeconds(1), Duration.ofMinutes(5), 4, false);
        try (var observatory = Observatory.start(options().withHttp(http))) {
            for (int i = 0; i < 20; i++) {
                observatory.log(ExecutionContext.to(to(dead).withId("d" + i)), LogRecord.of(Severity.INFO, "lost"));
            }
            soon().until(() -> dead.stats().requests() >= 2);
            Fixtures.log(observatory, 0, 10);
            soon().until(() -> messages(healthy).equals(messages(0, 10)));
            assertThat(dead.stats().requests()).isEqualTo(2);
            observatory.close(Duration.ZERO);
        }
    }

    /** With one request at a time for those that have proved nothing, each has its turn. */
    @Test
    void everyContextHasItsTurn() {
        var http = new ObservatoryOptions.Http(Duration.ofSeconds(1), Duration.ofSeconds(10), 2, false);
        healthy.behave(ObservatorySimulatorBehaviour.perfect().withLatency(Duration.ofMillis(5)));
        try (var observatory = Observatory.start(options().withHttp(http))) {
            for (int i = 0; i < 100; i++) {
                observatory.log(
                        ExecutionContext.to(to(healthy).withId("c" + i)), LogRecord.of(Severity.INFO, "record " + i));
            }
            soon().until(() -> healthy.stats().records() == 100);
            assertThat(messages(healthy)).containsExactlyInAnyOrderElementsOf(messages(0, 100));
        }
    }

    /** Each of those that keep all they can get leaves half of what it found. */
    @Test
    void theNextOneFindsRoom() {
        var budget = SharedBudget.fair(1 << 20, 1);
        for (int i = 0; i < 10; i++) {
            long found = (1 << 20) - budget.used();
            var own = new AtomicLong();
            while (budget.take(own, 64)) {
                assertThat(own.get()).isLessThanOrEqualTo(found / 2);
            }
            assertThat(own.get()).isCloseTo(found / 2, within(64L));
        }
    }

    /** One that takes part in the traffic is brought down to its share by the others. */
    @Test
    void oneThatDropsItsOldestComesDownToItsShare() {
        var budget = SharedBudget.fair(1 << 20, 1);
        var first = new AtomicLong();
        var second = new AtomicLong();
        for (int i = 0; i < 100_000; i++) {
            for (var own : List.of(first, second)) {
                while (!budget.take(own, 64)) {
                    budget.give(own, 64);
                }
            }
        }
        assertThat(first.get()).isCloseTo((1L << 20) / 3, within(1_024L));
        assertThat(second.get()).isCloseTo((1L << 20) / 3, within(1_024L));
    }

    @Test
    void oneThatIsAloneMayHaveAll() {
        var budget = SharedBudget.unshared(1 << 20);
        var own = new AtomicLong();
        assertThat(budget.take(own, 1 << 20)).isTrue();
        assertThat(budget.take(own, 1)).isFalse();
        budget.give(own, 1);
        assertThat(budget.take(own, 1)).isTrue();
    }
}
