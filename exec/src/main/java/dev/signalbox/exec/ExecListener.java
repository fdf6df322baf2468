package dev.signalbox.exec;

import java.time.Duration;

/**
 * Watches commands, for metrics and logs. Called on the threads that do the work: be quick, do not block, be thread-safe.
 * What it throws is logged and otherwise ignored.
 */
public interface ExecListener {

    /** Watches nothing. */
    ExecListener NONE = new ExecListener() {};

    /** Why a command ended. */
    enum Outcome {
        /** By itself, or by a signal that others sent. */
        EXITED,
        TIMED_OUT,
        CANCELLED
    }

    default void started(String program, long pid) {}

    default void ended(String program, Outcome outcome, Exit exit, Duration duration) {}

    /** It could not be started. */
    default void failed(String program, ExecException failure) {}
}
