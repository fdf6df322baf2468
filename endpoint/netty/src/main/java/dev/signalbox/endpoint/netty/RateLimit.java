package dev.signalbox.endpoint.netty;

/** A token bucket that holds one second's worth. For one thread. */
final class RateLimit {
    private static final double NANOS = 1_000_000_000.0;

    private final int perSecond;
    private double tokens;
    private long filledAt;

    RateLimit(int perSecond, long now) {
        this.perSecond = perSecond;
        this.tokens = perSecond;
        this.filledAt = now;
    }

    /** Takes a token; false if there is none. {@code now} is in nanoseconds. */
    boolean tryTake(long now) {
        tokens = Math.min(perSecond, tokens + (now - filledAt) / NANOS * perSecond);
        filledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
