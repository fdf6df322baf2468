package dev.signalbox.router;

import java.util.UUID;

/**
 * A place in a topic: the one after the message with this offset.
 *
 * @param epoch names the life of a topic whose offsets these are; when its history is lost, another begins
 * @param offset of the last message that was seen; 0 for the beginning
 */
public record Position(UUID epoch, long offset) {
    public Position {
        if (offset < 0) {
            throw new IllegalArgumentException("an offset is not below 0, as is " + offset);
        }
    }
}
