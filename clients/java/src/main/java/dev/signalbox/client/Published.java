package dev.signalbox.client;

/**
 * The server has taken what was published.
 *
 * @param position its place in the topic
 * @param repeated whether the topic had a message with this key already, whose place it is
 */
public record Published(Position position, boolean repeated) {}
