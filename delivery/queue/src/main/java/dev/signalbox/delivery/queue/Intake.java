package dev.signalbox.delivery.queue;

import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Lets callers who enqueue at the same time share a commit, and with it a sync of the disk: while one is under way, those
 * who come gather for the next. A caller who is alone is committed at once. The thread that commits lives only as long as
 * there is something to commit. Thread-safe; as many wait as there are callers, each with one call.
 */
final class Intake {
    /** Larger calls gain nothing by sharing. */
    static final int SMALL = 100;

    private static final int MOST = 1_000;

    private record Call(List<Reach> reaches, CompletableFuture<List<Receipt>> receipts) {}

    private final Function<List<Reach>, List<Receipt>> commit;
    private final ConcurrentLinkedQueue<Call> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean committing = new AtomicBoolean();

    /** @param commit enqueues reaches in one transaction and returns their receipts in order */
    Intake(Function<List<Reach>, List<Receipt>> commit) {
        this.commit = commit;
    }

    /** Returns when the reaches are committed. */
    List<Receipt> enqueue(List<Reach> reaches) {
        Call call = new Call(reaches, new CompletableFuture<>());
        waiting.add(call);
        if (committing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("signalbox-intake").start(this::commitAll);
        }
        try {
            return call.receipts().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof DatabaseUnavailableException unavailable) {
                throw unavailable;
            }
            if (e.getCause() instanceof EnqueueInDoubtException doubt) {
                throw new EnqueueInDoubtException(
                        reaches.stream().map(Reach::id).toList(), doubt);
            }
            return commit.apply(reaches); // What is refused of several may be another caller's fault.
        }
    }

    /** How many calls wait for the next commit. */
    int size() {
        return waiting.size();
    }

    private void commitAll() {
        do {
            for (List<Call> calls = next(); !calls.isEmpty(); calls = next()) {
                commit(calls);
            }
            committing.set(false);
        } while (!waiting.isEmpty() && committing.compareAndSet(false, true));
    }

    private void commit(List<Call> calls) {
        List<Reach> all = new ArrayList<>();
        calls.forEach(call -> all.addAll(call.reaches()));
        try {
            List<Receipt> receipts = commit.apply(all);
            int from = 0;
            for (Call call : calls) {
                int to = from + call.reaches().size();
                call.receipts().complete(receipts.subList(from, to));
                from = to;
            }
        } catch (RuntimeException | Error e) {
            calls.forEach(call -> call.receipts().completeExceptionally(e));
        }
    }

    private List<Call> next() {
        List<Call> calls = new ArrayList<>();
        int size = 0;
        for (Call call = waiting.peek(); call != null && size + call.reaches().size() <= MOST; call = waiting.peek()) {
            waiting.remove();
            calls.add(call);
            size += call.reaches().size();
        }
        return calls;
    }
}
