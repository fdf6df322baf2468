package dev.signalbox.router;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A virtual thread for each message; those beyond the concurrency wait for a permit, and their number is bounded, too. */
final class DispatchedRunner implements LogicRunner {
    private final LogicInvoker invoker;
    private final int waiting;
    private final int bound;
    private final Semaphore permits;
    private final AtomicInteger pending = new AtomicInteger();
    private final ExecutorService threads;

    DispatchedRunner(LogicInvoker invoker, Logic.Dispatched logic) {
        this.invoker = invoker;
        this.waiting = logic.waiting();
        this.bound = logic.concurrency() + logic.waiting();
        this.permits = new Semaphore(logic.concurrency());
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
                .name("logic-" + invoker.self().name() + "-", 0)
                .factory());
    }

    /** Nothing: each message brings its own thread. */
    @Override
    public void start() {}

    @Override
    public @Nullable RouteError offer(Message message) {
        if (pending.incrementAndGet() > bound) {
            pending.decrementAndGet();
            return RouteError.mailboxFull(invoker.self(), waiting);
        }
        try {
            threads.execute(() -> run(message));
            return null;
        } catch (RejectedExecutionException e) {
            pending.decrementAndGet();
            return RouteError.unknownLogic(invoker.self());
        }
    }

    private void run(Message message) {
        try {
            permits.acquire();
            try {
                invoker.invoke(message);
            } finally {
                permits.release();
            }
        } catch (InterruptedException e) {
            // Stopped while it waited. The thread ends here, so nobody is left to see the interrupt.
            invoker.dropped(message);
        } finally {
            pending.decrementAndGet();
        }
    }

    @Override
    public int pending() {
        return pending.get();
    }

    @Override
    public void stop() {
        threads.shutdownNow();
    }
}
