package dev.signalbox.maintenance.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class AdmissionGateTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int WINDOWS = 3_000;
    private static final int HELD_UP_WINDOWS = 60;

    private final AdmissionGate gate = new AdmissionGate();

    @Test
    void anOpenGateLetsInAndCounts() {
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isTrue();
        gate.leave();

        assertThat(gate.inside()).isEqualTo(1);
        assertThat(gate.isClosed()).isFalse();
    }

    @Test
    void aClosedGateRefusesAndCountsThoseItRefused() throws InterruptedException {
        gate.close();

        assertThat(gate.enter()).isFalse();
        assertThat(gate.enter(Duration.ofMillis(1))).isFalse();

        assertThat(gate.inside()).isZero();
        assertThat(gate.refused()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void theOneWhoClosesWaitsForThoseInside() throws Exception {
        assertThat(gate.enter()).isTrue();
        gate.close();
        assertThat(gate.awaitEmpty(Duration.ZERO)).isEqualTo(1);
        CompletableFuture<Long> left = inBackground(() -> gate.awaitEmpty(LONG));

        Thread.ofPlatform().start(gate::leave).join();

        assertThat(left.get(60, TimeUnit.SECONDS)).isZero();
    }

    /** The counters of two threads are not the same ones; only their sum counts. */
    @Test
    void oneThreadMayLeaveForAnother() throws Exception {
        for (int i = 0; i < 100; i++) {
            Thread.ofPlatform().start(gate::enter).join();
        }
        assertThat(gate.inside()).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            Thread.ofPlatform().start(gate::leave).join();
        }
        gate.close();
        assertThat(gate.awaitEmpty(Duration.ZERO)).isZero();
    }

    @Test
    void whoWaitsToEnterIsLetInWhenTheGateOpens() throws Exception {
        gate.close();
        CompletableFuture<Boolean> entered = inBackground(() -> gate.enter(LONG));
        await("it waits after it was refused").atMost(LONG).until(() -> gate.refused() > 0);

        gate.open();

        assertThat(entered.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(gate.inside()).isEqualTo(1);
    }

    @Test
    void openingEndsTheWaitOfTheOneWhoClosed() throws Exception {
        assertThat(gate.enter()).isTrue();
        gate.close();
        CompletableFuture<Long> left = inBackground(() -> gate.awaitEmpty(LONG));

        gate.open();

        assertThat(left.get(60, TimeUnit.SECONDS)).isEqualTo(1);
    }

    /** Refused ones count up and down again; the last of these counts must wake the one who waits. */
    @Test
    void thoseThatAreRefusedDoNotKeepTheOneWhoClosesWaiting() throws Exception {
        var stop = new AtomicBoolean();
        List<Thread> refused = threads(4, () -> {
            while (!stop.get()) {
                gate.enter();
            }
        });
        assertThat(gate.enter()).isTrue();
        gate.close();
        CompletableFuture<Long> left = inBackground(() -> gate.awaitEmpty(LONG));
        gate.leave();
        stop.set(true);
        for (Thread thread : refused) {
            thread.join();
        }
        // Those that had entered before the close and never left are still inside: let them out.
        while (gate.inside() > 0) {
            gate.leave();
        }
        assertThat(left.get(60, TimeUnit.SECONDS)).isZero();
    }

    /**
     * Whenever the gate is closed and said to be empty, nobody is inside, in thousands of windows; and at the end each one who
     * entered has left.
     */
    @Test
    void nobodyIsInsideAGateThatIsClosedAndEmpty() throws Exception {
        var sealed = new AtomicBoolean();
        var stop = new AtomicBoolean();
        var wrong = new AtomicLong();
        var entered = new LongAdder();
        var started = new CountDownLatch(3);
        List<Thread> callers = threads(3, () -> {
            started.countDown();
            while (!stop.get()) {
                if (gate.enter()) {
                    wrong.addAndGet(sealed.get() ? 1 : 0);
                    Thread.onSpinWait();
                    wrong.addAndGet(sealed.get() ? 1 : 0);
                    entered.increment();
                    gate.leave();
                }
            }
        });
        started.await();
        long windows = 0;
        for (int i = 0; i < WINDOWS; i++) {
            gate.close();
            long left = gate.awaitEmpty(LONG);
            sealed.set(true);
            for (int spin = 0; spin < 50; spin++) {
                Thread.onSpinWait();
            }
            windows += left == 0 && gate.inside() <= 3 ? 1 : 0; // those being refused count for a moment
            sealed.set(false);
            gate.open();
        }
        stop.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(windows).isEqualTo(WINDOWS);
        assertThat(wrong.get()).isZero();
        assertThat(gate.inside()).isZero();
        assertThat(entered.sum()).isPositive();
    }

    /**
     * The scheduler may hold a thread up at any point of {@code enter}, for longer than a drain takes. So there are more threads than
     * cores, and the gate stays closed until each has come back from the call in which it was held up: one that looked at the gate
     * before it counted itself would be inside now.
     */
    @Test
    void oneThatWasHeldUpOnItsWayInIsRefusedOrWasCounted() throws Exception {
        var sealed = new AtomicBoolean();
        var stop = new AtomicBoolean();
        var wrong = new AtomicLong();
        List<AtomicLong> calls = Stream.generate(AtomicLong::new)
                .limit(3L * Runtime.getRuntime().availableProcessors())
                .toList();
        List<Thread> callers = calls.stream()
                .map(mine -> Thread.ofPlatform().daemon().start(() -> {
                    while (!stop.get()) {
                        if (gate.enter()) {
                            wrong.addAndGet(sealed.get() ? 1 : 0);
                            gate.leave();
                        }
                        mine.incrementAndGet();
                    }
                }))
                .toList();
        for (int window = 0; window < HELD_UP_WINDOWS; window++) {
            awaitCalls(calls, 1);
            gate.close();
            assertThat(gate.awaitEmpty(LONG)).isZero();
            sealed.set(true);
            awaitCalls(calls, 1);
            sealed.set(false);
            gate.open();
        }
        stop.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(wrong.get()).as("let in after the gate was closed and empty").isZero();
        assertThat(gate.inside()).isZero();
    }

    /** Waits until each caller has come back from that many more calls. */
    private static void awaitCalls(List<AtomicLong> calls, int more) {
        long[] before = calls.stream().mapToLong(AtomicLong::get).toArray();
        for (int i = 0; i < before.length; i++) {
            while (calls.get(i).get() < before[i] + more) {
                LockSupport.parkNanos(20_000);
            }
        }
    }

    private static List<Thread> threads(int number, Runnable work) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            threads.add(Thread.ofPlatform().daemon().start(work));
        }
        return threads;
    }

    private static <T> CompletableFuture<T> inBackground(java.util.concurrent.Callable<T> work) {
        var result = new CompletableFuture<T>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(work.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }
}
