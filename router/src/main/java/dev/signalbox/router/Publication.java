package dev.signalbox.router;

/**
 * A message in a topic.
 *
 * @param offset its place, counted from 1 without holes
 * @param at when it was published, in milliseconds since 1970
 */
public record Publication(long offset, long at, Message message) {}
