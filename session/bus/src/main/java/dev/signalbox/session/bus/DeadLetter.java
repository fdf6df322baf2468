package dev.signalbox.session.bus;

/**
 * An event that a group gave up on. It can be read with {@link SessionBus#read} after the offset before it, as long as it is kept.
 *
 * @param attempts how often it was handed out
 */
public record DeadLetter(EventId event, int attempts) {}
