package dev.signalbox.benchmarks;

/** A queue that runs in this process, so that it can use the same sender as ours. */
interface JavaRival extends DeliveryRival {
    /** Handles one message. */
    @FunctionalInterface
    interface Handling {
        void handle() throws Exception;
    }

    /** The same as {@link #empty(int)} with something to do for each message. */
    double empty(int count, Handling handling) throws Exception;

    @Override
    default double empty(int count) throws Exception {
        return empty(count, () -> {});
    }
}
