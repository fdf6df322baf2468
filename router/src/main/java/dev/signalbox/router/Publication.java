package dev.signalbox.router;

/**
 * A message in a topic, or in what a pattern gathers.
 *
 * @param offset its place, counted from 1 without holes
 * @param at when it was published, in milliseconds since 1970
 * @param topic the name of the topic that it was published to
 */
public record Publication(long offset, long at, Message message, String topic) {}
