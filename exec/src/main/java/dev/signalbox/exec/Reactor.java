package dev.signalbox.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that reads and writes the pipes of all children, learns of their ends and keeps their times. Nothing it runs may
 * block. {@link #execute} and {@link #watch} are for any thread, all else for this one.
 *
 * <p>One thread, and not two for each child: a thousand children cost one stack, and states that only one thread changes need no locks.
 * It moves several gigabytes a second, which is more than pipes do.
 */
final class Reactor {
    private static final Logger LOG = LoggerFactory.getLogger(Reactor.class);
    /** As much as a pipe holds by default, and so little that it stays in the processor's cache until the sink has copied it. */
    private static final int BUFFER = 64 * 1024;

    /** A wish for a call at a time; cancelled by removing it. */
    record Timer(long at, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return Long.compare(at - other.at, 0);
        }
    }

    /** @param failed is told what {@code ready} threw; the descriptor is not watched any more then */
    private record Watch(Runnable ready, Consumer<Throwable> failed) {}

    private final Epoll epoll = new Epoll();
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER);
    private final Map<Integer, Watch> watched = new ConcurrentHashMap<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final Terminator terminator = new Terminator();

    private Reactor() {}

    static Reactor start() {
        var reactor = new Reactor();
        Thread.ofPlatform().name("exec-reactor").daemon().start(reactor::loop);
        reactor.terminator.start();
        return reactor;
    }

    Terminator terminator() {
        return terminator;
    }

    /** Where to read to. */
    MemorySegment buffer() {
        return buffer;
    }

    void execute(Runnable task) {
        tasks.add(task);
        if (awake.compareAndSet(false, true)) {
            epoll.wake();
        }
    }

    /** Calls {@code ready} again and again while the descriptor is ready, until it is unwatched or that call throws. */
    void watch(int fd, int interest, Runnable ready, Consumer<Throwable> failed) {
        watched.put(fd, new Watch(ready, failed));
        epoll.add(fd, interest);
    }

    void unwatch(int fd) {
        if (watched.remove(fd) != null) {
            epoll.remove(fd);
        }
    }

    Timer after(long nanos, Runnable task) {
        var timer = new Timer(System.nanoTime() + nanos, task);
        timers.add(timer);
        return timer;
    }

    void cancel(Timer timer) {
        timers.remove(timer);
    }

    /** Reaps a child that was killed before anything else knew of it. */
    void reapLater(int pid) {
        execute(() -> tryToReap(pid));
    }

    private void tryToReap(int pid) {
        if (Libc.peek(pid).isPresent()) {
            Libc.reap(pid);
        } else {
            after(TimeUnit.MILLISECONDS.toNanos(1), () -> tryToReap(pid));
        }
    }

    private void loop() {
        while (true) {
            guarded(() -> epoll.await(millisToNext(), this::ready));
            awake.set(false);
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                guarded(task);
            }
            long now = System.nanoTime();
            for (Timer next = timers.peek(); next != null && next.at - now <= 0; next = timers.peek()) {
                timers.remove(next);
                guarded(next.task);
            }
        }
    }

    /** A descriptor that was closed in this very round is not there any more. */
    private void ready(int fd) {
        Watch watch = watched.get(fd);
        if (watch == null) {
            return;
        }
        try {
            watch.ready.run();
        } catch (RuntimeException | Error e) {
            // Without this the descriptor stays ready, and this loop turns on it for ever.
            unwatch(fd);
            watch.failed.accept(e);
        }
    }

    private int millisToNext() {
        Timer next = timers.peek();
        if (next == null) {
            return -1;
        }
        long millis = (next.at - System.nanoTime() + 999_999) / 1_000_000;
        return Math.clamp(millis, 0, Integer.MAX_VALUE);
    }

    /** All children depend on this thread: one's fault must not end it. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("running commands hit an unexpected error", e);
        }
    }
}
