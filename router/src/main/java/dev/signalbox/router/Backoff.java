package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/**
 * Does some work when it is asked for: at once, or, if it was done just before, after a pause. However often it is asked for meanwhile, it is done once
 * then. The pause doubles each time, up to a bound; once nobody has asked during a pause, the next is the shortest again. Thread-safe.
 */
final class Backoff {
    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final Deadlines deadlines;
    private final BooleanSupplier work;
    private Duration pause = SHORTEST;
    private Instant restsUntil = Instant.MIN;
    private boolean isAsked;

    /** {@code work} must be quick, and may ask again; it says whether there was anything to do. If not, there is no pause. */
    Backoff(InstantSource clock, Deadlines deadlines, BooleanSupplier work) {
        this.clock = clock;
        this.deadlines = deadlines;
        this.work = work;
    }

    /** On this thread, or later on the timer's. */
    void ask() {
        if (begins()) {
            run();
        }
    }

    private void run() {
        if (!work.getAsBoolean()) {
            rest(Instant.MIN, SHORTEST);
        }
    }

    private synchronized boolean begins() {
        Instant now = clock.instant();
        // If the clock was set back, no pause gets longer by that.
        boolean isResting = now.isBefore(restsUntil) && !restsUntil.isAfter(now.plus(pause));
        if (!isResting) {
            isAsked = false;
            rest(now.plus(SHORTEST), SHORTEST);
        } else if (!isAsked) {
            isAsked = true;
            deadlines.at(restsUntil, this::due);
        }
        return !isResting;
    }

    private synchronized void rest(Instant until, Duration next) {
        restsUntil = until;
        pause = next;
    }

    private void due() {
        if (goesOn()) {
            run();
        }
    }

    /** False if the work was done since, for the clock was set back. */
    private synchronized boolean goesOn() {
        boolean wasAsked = isAsked;
        if (wasAsked) {
            isAsked = false;
            Duration twice = pause.multipliedBy(2);
            Duration next = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
            rest(clock.instant().plus(next), next);
        }
        return wasAsked;
    }
}
