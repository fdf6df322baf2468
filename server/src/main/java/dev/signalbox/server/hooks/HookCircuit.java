package dev.signalbox.server.hooks;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Leaves a backend alone that has failed {@value #FAILURES} times in a row: for a second, and then for twice as long after each trial that
 * fails, up to half a minute. One question at a time is the trial. Thread-safe.
 */
final class HookCircuit {
    private static final int FAILURES = 5;
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final InstantSource clock;
    private int failures;
    private boolean trying;
    private Duration pause = FIRST;
    private Instant until = Instant.MIN;

    HookCircuit(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether to ask now. If so, {@link #ended} is called once after it. */
    synchronized boolean tryBegin() {
        if (!isOpen()) {
            return true;
        }
        if (trying || clock.instant().isBefore(until)) {
            return false;
        }
        trying = true;
        return true;
    }

    synchronized void ended(boolean answered) {
        boolean wasOpen = isOpen();
        failures = answered ? 0 : Math.min(failures + 1, FAILURES);
        if (answered) {
            pause = FIRST;
        } else if (isOpen() && (!wasOpen || trying)) {
            until = clock.instant().plus(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
        }
        trying = false;
    }

    synchronized boolean isOpen() {
        return failures == FAILURES;
    }
}
