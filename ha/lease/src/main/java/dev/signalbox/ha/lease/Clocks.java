package dev.signalbox.ha.lease;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The two clocks by which a holder judges its own lease. Each misses something: the monotonic one may stand still while a
 * virtual machine is suspended, and the wall clock may be set back. So a lease is held only while neither says that it ran out.
 *
 * @param nanos monotonic, as {@link System#nanoTime}
 */
public record Clocks(LongSupplier nanos, InstantSource wall) {
    public static final Clocks SYSTEM = new Clocks(System::nanoTime, InstantSource.system());
}
