package dev.signalbox.maintenance.database;

import java.time.Duration;

/**
 * How one pool takes part. Immutable.
 *
 * @param name of the participant; unique in its maintenance
 * @param deadline how long connections that are out may take to come back, once it drains; then they are aborted
 * @param patience how long a caller waits for the maintenance to end before it is refused; 0 refuses at once
 */
public record PoolGateOptions(String name, Duration deadline, Duration patience) {

    /** The name {@code database}, 30 s, refused at once. */
    public static PoolGateOptions defaults() {
        return new PoolGateOptions("database", Duration.ofSeconds(30), Duration.ZERO);
    }

    public PoolGateOptions withName(String changed) {
        return new PoolGateOptions(changed, deadline, patience);
    }

    public PoolGateOptions withDeadline(Duration changed) {
        return new PoolGateOptions(name, changed, patience);
    }

    public PoolGateOptions withPatience(Duration changed) {
        return new PoolGateOptions(name, deadline, changed);
    }
}
