package dev.signalbox.delivery.inbox;

import java.time.Duration;

/**
 * How much inboxes keep.
 *
 * @param items in one inbox, 1 to 100,000; beyond that the oldest go, whatever their state
 * @param retention how long each is kept, read or not; 1 second or more
 */
public record InboxLimits(int items, Duration retention) {
    private static final int MOST_ITEMS = 100_000;

    public InboxLimits {
        if (items < 1 || items > MOST_ITEMS) {
            throw new IllegalArgumentException("items is " + items + "; it must be 1 to " + MOST_ITEMS);
        }
        if (retention.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("retention is " + retention + "; it must be a second or more");
        }
    }

    /** 1,000 items for 90 days. */
    public static InboxLimits usual() {
        return new InboxLimits(1_000, Duration.ofDays(90));
    }

    public InboxLimits withItems(int other) {
        return new InboxLimits(other, retention);
    }

    public InboxLimits withRetention(Duration other) {
        return new InboxLimits(items, other);
    }
}
