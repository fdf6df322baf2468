package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Position;

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

    Position position() {
        return new Position(feed.topic.epoch(), offset);
    }

    boolean isGone() {
        return index == NOWHERE;
    }
}
