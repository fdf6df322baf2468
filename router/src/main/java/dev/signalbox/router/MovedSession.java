package dev.signalbox.router;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A session on its way from one node to another.
 *
 * @param remoteAddress where its client was connected from
 * @param topics that it subscribes to
 * @param written by topic, the place of the last message that was written to its client, where that is known
 * @param messages that wait for its client and need no acknowledgement
 */
record MovedSession(
        String remoteAddress,
        Instant connectedAt,
        Instant lastMessageAt,
        List<String> topics,
        Map<String, Position> written,
        List<Message> messages) {
    MovedSession {
        topics = List.copyOf(topics);
        written = Map.copyOf(written);
        messages = List.copyOf(messages);
    }

    MovedSession withMessages(List<Message> changed) {
        return new MovedSession(remoteAddress, connectedAt, lastMessageAt, topics, written, changed);
    }
}
