package dev.signalbox.session.bus;

import dev.signalbox.session.bus.BusHealth.Status;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the listener, logs what an operator should know, and keeps the health: the last outcome of each kind of work. Thread-safe. */
final class BusMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(BusMonitor.class);

    /** A kind of work, with what it means if it fails. */
    enum Work {
        APPEND(Status.DOWN, "events cannot be appended"),
        READ(Status.DEGRADED, "sessions cannot be read"),
        NOTIFICATIONS(Status.DEGRADED, "new events are not told by the store, and are looked for instead"),
        SWEEP(Status.DEGRADED, "the followed sessions cannot be looked through"),
        TRIM(Status.DEGRADED, "old events cannot be removed");

        private final Status status;
        private final String words;

        Work(Status status, String words) {
            this.status = status;
            this.words = words;
        }
    }

    private final BusListener listener;
    private final InstantSource clock;
    private final boolean silent;
    private final Map<Work, String> problems = new EnumMap<>(Work.class);
    /** A copy for those who only look whether there is anything to mend. */
    private volatile BusHealth health = new BusHealth(Status.UP, List.of());

    BusMonitor(BusListener listener, InstantSource clock) {
        this.listener = listener;
        this.clock = clock;
        this.silent = listener.equals(BusListener.NONE);
    }

    void tell(Consumer<BusListener> call) {
        if (silent) {
            return;
        }
        try {
            call.accept(listener);
        } catch (RuntimeException | Error e) {
            // What was told of has happened, so a fault of the listener must not make it look failed.
            LOG.warn("a listener of the session bus failed", e);
        }
    }

    BusHealth health() {
        return health;
    }

    void worked(Work work) {
        if (health.status() != Status.UP) {
            change(work, null);
        }
    }

    /** Logs the first of several failures in a row. */
    void failed(Work work, Throwable cause) {
        String problem = work.words + ": " + cause.getMessage();
        if (change(work, problem)) {
            LOG.warn("{}", problem);
        }
        LOG.debug("{}", work.words, cause);
    }

    private boolean change(Work work, @Nullable String problem) {
        BusHealth changed;
        synchronized (problems) {
            String before = problem == null ? problems.remove(work) : problems.put(work, problem);
            if ((before == null) == (problem == null)) {
                return false;
            }
            Status worst = problems.keySet().stream()
                    .map(failing -> failing.status)
                    .max(Status::compareTo)
                    .orElse(Status.UP);
            changed = new BusHealth(worst, List.copyOf(problems.values()));
            health = changed;
        }
        tell(it -> it.health(changed));
        return true;
    }

    void sent(int events, long beganNanos) {
        worked(Work.APPEND);
        tell(it -> it.sent(events, Duration.ofNanos(System.nanoTime() - beganNanos)));
    }

    void sendFailed(int events, boolean givenUp, Throwable cause) {
        failed(Work.APPEND, cause);
        tell(it -> it.sendFailed(events, givenUp, cause));
    }

    void readFailed(Throwable cause) {
        failed(Work.READ, cause);
        tell(it -> it.readFailed(cause));
    }

    void delivered(Stored event) {
        tell(it -> it.delivered(Duration.between(event.at(), clock.instant())));
    }

    void gap(Gap gap) {
        LOG.debug("{}", gap);
        tell(it -> it.gap(gap));
    }
}
