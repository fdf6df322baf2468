package dev.signalbox.benchmarks;

/** Another queue: it is filled with messages of 160 characters, and then emptied. */
interface DeliveryRival extends AutoCloseable {
    String name();

    /** Whether its messages are in the PostgreSQL whose log is measured. */
    default boolean isInPostgresql() {
        return true;
    }

    /** Enqueues so many, a thousand at a time where it can; returns how many seconds that took. */
    double fill(int count) throws Exception;

    /** Handles so many, doing nothing; returns how many seconds passed until the last outcome was durable. */
    double empty(int count) throws Exception;

    @Override
    void close() throws Exception;
}
