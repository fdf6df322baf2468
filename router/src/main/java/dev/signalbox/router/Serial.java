package dev.signalbox.router;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Runs one piece of work again for each time it is asked to, never twice at a time: a thread that asks while it runs returns at once,
 * and it then runs once more. So it needs no lock that its callers could meet, and may ask for itself. If the work throws, it is
 * still run for those who asked meanwhile; the thread that runs it gets the first failure afterwards. Thread-safe.
 */
final class Serial {
    /** In place of an object for each: every user has two of these. */
    private static final AtomicIntegerFieldUpdater<Serial> ASKED =
            AtomicIntegerFieldUpdater.newUpdater(Serial.class, "asked");

    private final Runnable work;

    @SuppressWarnings("UnusedVariable") // by ASKED
    private volatile int asked;

    Serial(Runnable work) {
        this.work = work;
    }

    void run() {
        if (ASKED.getAndIncrement(this) != 0) {
            return;
        }
        Throwable first = null;
        int seen = 1;
        do {
            Throwable failure = once();
            first = first == null ? failure : first;
            seen = ASKED.addAndGet(this, -seen);
        } while (seen != 0);
        rethrow(first);
    }

    private @Nullable Throwable once() {
        try {
            work.run();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    private static void rethrow(@Nullable Throwable failure) {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new UndeclaredThrowableException(failure);
        }
    }
}
