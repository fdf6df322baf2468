package dev.signalbox.router;

import java.util.UUID;

/**
 * Where a subscriber begins: behind {@code after}. Not {@code recovered} if it does not get all that it asks for; a gap after that is told
 * when it is read.
 */
record SubscriptionStart(long after, boolean recovered) {

    /**
     * As a subscriber wishes.
     *
     * @param epoch of the topic, which {@code isShared} if it is one of all nodes
     */
    static SubscriptionStart of(TopicStart from, Retained kept, UUID epoch, boolean isShared) {
        long first = kept.first();
        return switch (from) {
            case TopicStart.Now _ -> new SubscriptionStart(kept.end(), true);
            case TopicStart.Oldest _ -> new SubscriptionStart(first - 1, true);
            case TopicStart.After(Position(UUID of, long offset))
            when isKnown(of.equals(epoch), isShared, offset + 1 >= first) && offset <= kept.end() ->
                new SubscriptionStart(offset, offset + 1 >= first);
            // Another life of the topic: what came between is lost, and how much that was is not known.
            case TopicStart.After _ -> new SubscriptionStart(first - 1, false);
        };
    }

    /**
     * Of a topic of all nodes, offsets grow from one epoch to the next, so one that is in reach names its place by itself: a subscriber that was
     * there when an epoch ended has gone on, though it knows only the old one.
     */
    private static boolean isKnown(boolean isOfEpoch, boolean isShared, boolean isInReach) {
        return isOfEpoch || (isShared && isInReach);
    }
}
