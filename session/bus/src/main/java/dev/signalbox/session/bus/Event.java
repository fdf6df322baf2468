package dev.signalbox.session.bus;

import java.time.Instant;

/**
 * Something that happened in a session.
 *
 * @param offset its number in the session; the next event's is one more. Below 2^53, so that JSON readers keep it exactly
 * @param at when the store took it; does not decrease within a session
 */
public record Event<T>(String session, long offset, Instant at, T value) {}
