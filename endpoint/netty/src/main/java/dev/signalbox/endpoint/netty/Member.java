package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Position;
import dev.signalbox.router.Topic;

/** One connection's place in one topic. For one event loop. */
final class Member {
    static final int NOWHERE = -1;

    final ClientConnection connection;
    final Feed feed;

    /** The offset of the last message that was written to the connection. */
    long offset;

    /** What it reads, in its format. */
    final Segment segment;

    /** How far it has read the present segment, in bytes; only while it does not lag. */
    int cursor;

    /** Up to where it reads, of each key, the newest message only; see {@link #read}. */
    private long roundEnd;

    /** Its places in the lists of the feed. */
    int index = NOWHERE;

    int laggingIndex = NOWHERE;

    Member(ClientConnection connection, Feed feed, long offset) {
        this.connection = connection;
        this.feed = feed;
        this.offset = offset;
        this.segment = feed.segment(connection.format());
    }

    /** Whether it reads from the topic what it missed of the segments. */
    boolean isLagging() {
        return laggingIndex != NOWHERE;
    }

    /**
     * What it reads next of what it missed, up to {@code upTo}. Where the topic conflates, that is the newest message of each key in a round. A
     * round has a fixed end: a key that never rests is put off to a later place of the round, and not for ever.
     */
    Topic.Kept read(long upTo, int maxBytes) {
        if (feed.topic.policy().conflateBy().isEmpty()) {
            return feed.topic.read(offset, upTo, maxBytes);
        }
        if (offset >= roundEnd) {
            roundEnd = upTo;
        }
        return feed.topic.readNewest(offset, roundEnd, maxBytes);
    }

    Position position() {
        return new Position(feed.topic.epoch(), offset);
    }

    boolean isGone() {
        return index == NOWHERE;
    }
}
