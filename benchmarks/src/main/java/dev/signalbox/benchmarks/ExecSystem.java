package dev.signalbox.benchmarks;

import java.time.Duration;
import java.util.List;

/** A way to run commands. */
interface ExecSystem {
    String name();

    /** Runs a command, keeps all of its output, both streams as one, and checks that it exits with 0. */
    byte[] combined(List<String> command) throws Exception;

    /** The same with the streams kept apart; returns what went to the standard output. */
    byte[] separate(List<String> command) throws Exception;

    /** Runs a command that does not end in time, with its output kept; returns when it was given up. */
    void outlasting(List<String> command, Duration timeout, Duration grace) throws Exception;
}
