package dev.signalbox.exec;

import dev.signalbox.exec.ExecListener.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A process under way, as its implementation gives it to the rest of the library. Thread-safe. */
interface Run {

    /**
     * How it went. Completed once the process is reaped and nothing of ours is open.
     *
     * @param fault what went wrong on our side and ended it: its input could not be read, its output could not be kept
     */
    record Ended(Outcome outcome, Exit exit, Duration duration, Optional<ExecException> fault) {}

    long pid();

    /** Asks for its end, and returns at once. Only the first request counts. */
    void end(Outcome why);

    /**
     * Sends a signal to all of it, unless it has ended.
     *
     * @throws UnsupportedOperationException if this platform has no way to send that signal
     */
    void signal(int number);

    CompletableFuture<Ended> ended();
}
