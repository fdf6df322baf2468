package dev.signalbox.testing.services;

/** The platform threads that run virtual ones: tests that keep all of them busy have to know how many there are. */
public final class CarrierThreads {
    private CarrierThreads() {}

    /** How many virtual threads run at a time, at least 1: the build's setting, or else one for each processor. */
    public static int count() {
        return Integer.getInteger(
                "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
    }
}
