package dev.signalbox.server.node;

import dev.signalbox.server.rest.Violations;
import tools.jackson.databind.JsonNode;

/** Makes of a message as its caller wrote it the one that is read, such as by filling in a template. Thread-safe. */
@FunctionalInterface
public interface MessagePreparation {
    /**
     * The message to read; the same one if there is nothing to do.
     *
     * @param message an object
     * @param violations takes what is wrong with it
     */
    JsonNode prepare(JsonNode message, Violations violations);
}
