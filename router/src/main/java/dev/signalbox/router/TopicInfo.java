package dev.signalbox.router;

import java.util.UUID;

/**
 * A topic, at the moment of asking.
 *
 * @param first the offset of the oldest message that is kept; above {@code last} if none is
 * @param last the offset of the last message; 0 if there was none
 * @param bytes of what is kept
 * @param subscribers sessions that subscribe to it on this node
 * @param presence whether it tells who subscribes
 */
public record TopicInfo(
        String name, UUID epoch, long first, long last, long bytes, int subscribers, boolean presence) {}
