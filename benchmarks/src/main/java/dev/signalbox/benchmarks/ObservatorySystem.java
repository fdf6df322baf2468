package dev.signalbox.benchmarks;

/** A way to ship logs. */
interface ObservatorySystem extends AutoCloseable {
    void log(String message);

    /** Gives what is waiting as much time as this system's own way to stop grants it. */
    @Override
    void close() throws Exception;

    /** Makes one that ships to the sink. */
    @FunctionalInterface
    interface Factory {
        ObservatorySystem open(ObservatorySinkProcess sink) throws Exception;
    }
}
