package dev.signalbox.server.configuration;

/**
 * Where a setting comes from.
 *
 * @param place in words, such as {@code signalbox.yaml line 7}
 */
record Source(Rank rank, String place) {
    /** From the weakest to the strongest. */
    enum Rank {
        DEFAULT,
        SEED_DEFAULT,
        SEED_ENVIRONMENT,
        FILE,
        ENVIRONMENT,
        SET
    }

    boolean outranks(Source other) {
        return rank.compareTo(other.rank) > 0;
    }
}
