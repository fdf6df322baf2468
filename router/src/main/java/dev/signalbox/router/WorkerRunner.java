package dev.signalbox.router;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One virtual thread takes from a bounded mailbox. */
final class WorkerRunner implements LogicRunner {
    private final LogicInvoker invoker;
    private final int bound;
    private final BlockingQueue<Message> mailbox;
    private final AtomicInteger pending = new AtomicInteger();
    private final Thread thread;
    private volatile boolean stopped;

    WorkerRunner(LogicInvoker invoker, int bound) {
        this.invoker = invoker;
        this.bound = bound;
        this.mailbox = new ArrayBlockingQueue<>(bound);
        this.thread = Thread.ofVirtual().name("logic-" + invoker.self().name()).unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        while (!stopped) {
            try {
                runNext();
            } catch (InterruptedException e) {
                // Only stop() is meant to interrupt. A handler that interrupts itself must not end its worker.
            }
        }
    }

    /** Waits for the next message and handles it. */
    void runNext() throws InterruptedException {
        Message message = mailbox.take();
        try {
            invoker.invoke(message);
        } finally {
            pending.decrementAndGet();
        }
    }

    @Override
    public @Nullable RouteError offer(Message message) {
        if (stopped) {
            return RouteError.unknownLogic(invoker.self());
        }
        pending.incrementAndGet();
        if (!mailbox.offer(message)) {
            pending.decrementAndGet();
            return RouteError.mailboxFull(invoker.self(), bound);
        }
        if (stopped && mailbox.remove(message)) {
            // Race: stop() had emptied the mailbox just before, so nobody would handle the message or drop it.
            pending.decrementAndGet();
            return RouteError.unknownLogic(invoker.self());
        }
        return null;
    }

    /** Whether the next {@link #runNext} would begin at once. */
    boolean hasNext() {
        return !mailbox.isEmpty();
    }

    @Override
    public int pending() {
        return pending.get();
    }

    @Override
    public void stop() {
        stopped = true;
        thread.interrupt();
        dropWaiting();
    }

    private void dropWaiting() {
        List<Message> waiting = new ArrayList<>();
        mailbox.drainTo(waiting);
        pending.addAndGet(-waiting.size());
        waiting.forEach(invoker::dropped);
    }
}
