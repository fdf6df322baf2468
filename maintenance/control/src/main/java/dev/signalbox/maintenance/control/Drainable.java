package dev.signalbox.maintenance.control;

import java.time.Duration;
import java.util.Optional;

/**
 * A participant in a drain. Its methods are called by one thread at a time, except for {@link #underWay} and {@link #problem},
 * which any thread may call; {@code resume} comes after each {@code drain}, unless the node shuts down.
 */
public interface Drainable {
    Duration DEADLINE = Duration.ofSeconds(30);

    /** Its name in reports; unique in a {@link Maintenance}. */
    String name();

    default Phase phase() {
        return Phase.INTAKE;
    }

    /** How long {@link #drain} may take, greater than 0; 30 s by default. */
    default Duration deadline() {
        return DEADLINE;
    }

    /**
     * Takes no new work, and waits until what is under way has ended. It is over by {@code within}: after a second more its thread
     * is interrupted, and the drain goes on without it.
     *
     * <p>Interrupted if the drain is cancelled; then {@link #resume} follows.
     *
     * @return how much is still under way; 0 if all has ended
     */
    long drain(Duration within) throws InterruptedException;

    /** Ends by force what {@link #drain} left. Called only if the drain goes on in spite of it. */
    default void cut() {}

    /**
     * Takes work again as before the drain. Called again a second later if it throws. Must do no harm if nothing was drained.
     */
    void resume();

    /** How much is under way now. */
    default long underWay() {
        return 0;
    }

    /** Why it is not well, in words for the operator; empty if it is. */
    default Optional<String> problem() {
        return Optional.empty();
    }

    /**
     * What a gate guards, as a participant.
     *
     * @param deadline how long what is inside may take to leave
     */
    static Drainable of(String name, Phase phase, Duration deadline, AdmissionGate gate) {
        return of(name, phase, deadline, gate, () -> {});
    }

    /** The same, whose work can be ended by force. */
    static Drainable of(String name, Phase phase, Duration deadline, AdmissionGate gate, Runnable cut) {
        return new GateDrainable(name, phase, deadline, gate, cut);
    }
}
