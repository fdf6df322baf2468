package dev.signalbox.client;

/**
 * A place in a topic, to come back to.
 *
 * @param epoch names one life of the topic
 * @param offset of the last message that was seen in it; 0 for none
 */
public record Position(String epoch, long offset) {}
