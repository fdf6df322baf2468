package dev.signalbox.router;

/**
 * How long a {@link ClusterWriter} gathers frames before it publishes again. A publication costs the broker and each receiver about the same whatever
 * its size, so while many frames come, fewer and larger ones are made: the pause doubles after a pause in which frames came fast, up to
 * {@link #LONGEST}, and halves after one in which they did not, down to {@link #SHORTEST}. Not thread-safe: for the writer's thread.
 */
final class ClusterPace {
    static final long SHORTEST = 100_000;
    static final long LONGEST = 1_000_000;

    /** That many frames within {@link #SHORTEST} are many: below it, shorter pauses cost the broker little. */
    static final int MANY = 16;

    private long pause = SHORTEST;

    /** In nanoseconds: how long to gather before the next publication. */
    long pause() {
        return pause;
    }

    /** So many frames came during the last pause. */
    void gathered(int frames) {
        boolean isFast = frames * SHORTEST >= MANY * pause;
        pause = isFast ? Math.min(LONGEST, 2 * pause) : Math.max(SHORTEST, pause / 2);
    }
}
