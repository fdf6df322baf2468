package dev.signalbox.delivery.digest;

import java.time.Duration;

/**
 * Bounds of windows.
 *
 * @param window how long one is open, from its first message on, if that does not say; 1 s to 7 days
 * @param items the most messages of one, 2 to 1,000; it is closed at once when it has them
 */
public record DigestOptions(Duration window, int items) {
    static final Duration SHORTEST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofDays(7);
    private static final int FEWEST = 2;
    private static final int MOST = 1_000;

    public DigestOptions {
        if (!isWindow(window)) {
            throw new IllegalArgumentException("window is " + window + "; it must be 1 s to 7 days");
        }
        if (items < FEWEST || items > MOST) {
            throw new IllegalArgumentException("items are " + items + "; there must be " + FEWEST + " to " + MOST);
        }
    }

    /** Ten minutes, 100 messages. */
    public static DigestOptions usual() {
        return new DigestOptions(Duration.ofMinutes(10), 100);
    }

    public DigestOptions withWindow(Duration other) {
        return new DigestOptions(other, items);
    }

    public DigestOptions withItems(int other) {
        return new DigestOptions(window, other);
    }

    static boolean isWindow(Duration window) {
        return window.compareTo(SHORTEST) >= 0 && window.compareTo(LONGEST) <= 0;
    }
}
