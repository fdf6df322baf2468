package dev.signalbox.router;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;

/** The history of one cluster's topics in the broker in memory, as one node uses it. It answers at once. */
final class InProcessHistory implements TopicHistory {
    private static final int MAX_BYTES = 64 << 20;

    private final InProcessBroker broker;
    private final InProcessStore store;
    private volatile boolean closed;

    InProcessHistory(InProcessBroker broker, InProcessStore store) {
        this.broker = broker;
        this.store = store;
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public CompletionStage<Appended> append(Append append) {
        for (Entry entry : append.entries()) {
            if (entry.content().bytes().length > MAX_BYTES) {
                throw new IllegalArgumentException("an entry has up to " + MAX_BYTES + " bytes");
            }
        }
        return ask(now -> store.append(append, now));
    }

    @Override
    public CompletionStage<Optional<Page>> read(String topic, long after, int maxBytes) {
        return ask(now -> store.read(topic, after, maxBytes, now));
    }

    private <T> CompletionStage<T> ask(LongFunction<T> step) {
        if (closed) {
            return CompletableFuture.failedFuture(new TopicHistoryException("the history is closed", false));
        }
        return broker.isRunning()
                ? CompletableFuture.completedFuture(step.apply(broker.clock().millis()))
                : CompletableFuture.failedFuture(
                        new TopicHistoryException("the broker in memory was stopped; start it", false));
    }

    @Override
    public void close() {
        closed = true;
    }
}
