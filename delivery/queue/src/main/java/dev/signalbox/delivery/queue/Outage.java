package dev.signalbox.delivery.queue;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows whether the database answers, and says so in the log once when that changes. Thread-safe. */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final GuardedListener listener;
    private final AtomicReference<@Nullable Throwable> current = new AtomicReference<>();

    Outage(GuardedListener listener) {
        this.listener = listener;
    }

    void began(Throwable problem) {
        if (current.getAndSet(problem) == null) {
            LOG.error("delivery stops until its database answers: {}", problem.getMessage(), problem);
            listener.failed(problem);
        }
    }

    void ended() {
        if (current.getAndSet(null) != null) {
            LOG.info("delivery resumes: the database answers again");
        }
    }

    @Nullable
    Throwable current() {
        return current.get();
    }
}
