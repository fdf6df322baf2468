package dev.signalbox.maintenance.control;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Takes a node out of service and back, without loss: it merges what the sources say, drains the participants phase by phase, and
 * opens them again. Thread-safe.
 *
 * <p>Entering and leaving happen on a thread of its own; the methods here do not wait for it, except for {@link #await} and
 * {@link #shutdown}. A drain whose signals are all withdrawn or expired is cancelled: what has drained opens again, the last
 * first. A signal during an opening starts a drain once the opening is over.
 */
public interface Maintenance extends AutoCloseable {
    /** The name of the source that {@link #enter} and {@link #leave} stand for. */
    String HERE = "here";

    /** One on the system's clock. */
    static Maintenance start(MaintenanceOptions options) {
        return start(options, InstantSource.system());
    }

    /** One whose signals expire by another clock, which is looked at once a second. */
    static Maintenance start(MaintenanceOptions options, InstantSource clock) {
        NodeMaintenance maintenance = new NodeMaintenance(options, clock);
        maintenance.start();
        return maintenance;
    }

    /**
     * Adds a participant. If the node is in maintenance, it drains at once.
     *
     * @throws IllegalArgumentException if the name is taken
     */
    void add(Drainable drainable);

    /** Forgets a participant, without opening it. False if there is none of that name. */
    boolean remove(String drainable);

    /**
     * Adds and starts a source; it is closed with this.
     *
     * @throws IllegalArgumentException if the name is taken
     */
    void add(SignalSource source);

    /** Forgets and closes a source, and with it what it said. False if there is none of that name. */
    boolean removeSource(String source);

    /** Wishes maintenance from within this process; replaces the wish before. */
    void enter(Signal signal);

    /** Withdraws that wish. Other sources may still keep the node in maintenance. */
    void leave();

    Admission admission();

    MaintenanceStatus status();

    /** What a refused caller should wait before it tries again: until the last signal expires, otherwise as configured; at least 1 s. */
    Duration retryAfter();

    /** Waits until the admission is {@code wanted}; false if it is not by then. */
    boolean await(Admission wanted, Duration within) throws InterruptedException;

    /** What a drain would do now. */
    DrainPlan dryRun();

    /** Reports of the last drains, the latest first. */
    List<DrainReport> reports();

    /** What each participant has done, by name. */
    Map<String, DrainableStats> stats();

    /**
     * Tells a listener what happens from now on, in order, on a thread of its own. If 1,000 events wait for it, the oldest is
     * dropped for each new one. A listener that throws is told of the next event, too.
     */
    Subscription subscribe(Predicate<MaintenanceEvent> filter, Consumer<MaintenanceEvent> listener);

    /** Tells all listeners of an event of the application's own. */
    void publish(MaintenanceEvent event);

    Optional<MaintenanceEvent> lastEvent();

    /**
     * Drains for good: whatever the sources say, the node does not open again. A drain that is under way goes on, now within this
     * deadline. Repeating waits for the same.
     *
     * @return the report; empty if the node was in maintenance already and nothing was left to drain
     */
    Optional<DrainReport> shutdown(Duration within) throws InterruptedException;

    /** Stops listening to sources and ends the thread. Participants stay as they are. Idempotent. */
    @Override
    void close();
}
