package dev.signalbox.spring;

import dev.signalbox.ha.lease.Lease;

/** The lease under which a {@link Leased} method runs, for fencing what it does. Thread-safe. */
public final class CurrentLease {
    static final ScopedValue<Lease> VALUE = ScopedValue.newInstance();

    private CurrentLease() {}

    /**
     * The lease of the method that runs on this thread.
     *
     * @throws IllegalStateException outside of such a method
     */
    public static Lease get() {
        return VALUE.orElseThrow(
                () -> new IllegalStateException("no @Leased method runs on this thread, so it has no lease"));
    }
}
