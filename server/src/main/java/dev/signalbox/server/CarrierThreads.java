package dev.signalbox.server;

/**
 * The platform threads that run virtual ones. The JDK has one for each processor. A virtual thread that initialises a class cannot leave its carrier
 * thread, not even while it waits for a lock: if all carriers wait so, and a virtual thread that is ready to run holds the lock, it never runs, and the
 * process stands still for good. On one or two processors that takes just one or two classes, which are mostly initialised at the start
 * and by what has not happened before. More carriers than processors do not run more at a time; there are only fewer left to wait for.
 */
final class CarrierThreads {
    /** Read once by the JDK, when the first virtual thread is made. */
    private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";

    private static final int FEWEST = 16;

    private CarrierThreads() {}

    /** Before the first virtual thread. What the operator has set on the command line is left as it is. */
    static void reserve() {
        if (System.getProperty(PARALLELISM) == null) {
            int processors = Runtime.getRuntime().availableProcessors();
            System.setProperty(PARALLELISM, String.valueOf(Math.max(FEWEST, processors)));
        }
    }
}
