package dev.signalbox.observatory;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes the files together may have. Thread-safe. */
final class DiskBudget {
    private final String what;
    private final long most;
    private final AtomicLong used = new AtomicLong();

    DiskBudget(String what, long most) {
        this.what = what;
        this.most = most;
    }

    /** @throws IOException if there is no room, as for a disk that is full */
    void take(long bytes) throws IOException {
        if (used.addAndGet(bytes) > most) {
            used.addAndGet(-bytes);
            throw new IOException(what + " have reached their bound of " + most + " bytes");
        }
    }

    /** What is there already counts, even beyond the bound. */
    void found(long bytes) {
        used.addAndGet(bytes);
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
