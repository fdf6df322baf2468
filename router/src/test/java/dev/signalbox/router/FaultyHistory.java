package dev.signalbox.router;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The history as one node sees it: one that is away, loses its answers, or takes its time, when a test wants it to. */
final class FaultyHistory implements TopicHistory {

    /** What all nodes of a test share; it may be emptied, and go back in time. */
    static final class Store {
        private final InstantSource clock;
        private final List<Append> taken = new ArrayList<>();
        private InProcessStore store = new InProcessStore();

        Store(InstantSource clock) {
            this.clock = clock;
        }

        synchronized Appended append(Append append) {
            taken.add(append);
            return store.append(append, clock.millis());
        }

        synchronized Optional<Page> read(String topic, long after, int maxBytes) {
            return store.read(topic, after, maxBytes, clock.millis());
        }

        /** Is as it was before the last appends with entries. */
        synchronized void goBack(int appends) {
            int left = appends;
            while (left > 0) {
                left -= taken.removeLast().entries().isEmpty() ? 0 : 1;
            }
            store = new InProcessStore();
            taken.forEach(append -> store.append(append, clock.millis()));
        }

        synchronized void forget() {
            taken.clear();
            store = new InProcessStore();
        }
    }

    private final Store store;
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    /** The most bytes of an entry. */
    volatile int most = 1 << 20;

    final AtomicInteger reads = new AtomicInteger();
    /** It cannot be asked. */
    volatile boolean away;
    /** It does what it is asked, and the answer is lost. */
    volatile boolean mute;
    /** It does nothing until {@link #release}. */
    volatile boolean holds;

    FaultyHistory(Store store) {
        this.store = store;
    }

    @Override
    public int maxBytes() {
        return most;
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        return ask(() -> store.append(append));
    }

    @Override
    public CompletionStage<Optional<Page>> read(String topic, long after, int maxBytes) {
        reads.incrementAndGet();
        return ask(() -> store.read(topic, after, maxBytes));
    }

    private <T> CompletionStage<T> ask(Supplier<T> step) {
        if (away) {
            return CompletableFuture.failedFuture(new TopicHistoryException("the test has it away", false));
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (holds) {
            held.add(() -> answer(answer, step));
        } else {
            answer(answer, step);
        }
        return answer;
    }

    private <T> void answer(CompletableFuture<T> answer, Supplier<T> step) {
        T done = step.get();
        if (mute) {
            answer.completeExceptionally(new TopicHistoryException("the test has lost the answer", true));
        } else {
            answer.complete(done);
        }
    }

    /** Does what it was asked to while it did nothing. */
    void release() {
        holds = false;
        for (Runnable next = held.poll(); next != null; next = held.poll()) {
            next.run();
        }
    }

    boolean isHolding() {
        return !held.isEmpty();
    }

    @Override
    public void close() {
        away = true;
    }
}
