package dev.signalbox.observatory;

/** A clock for intervals, as {@link System#nanoTime()}. */
@FunctionalInterface
interface Ticker {
    long nanos();
}
