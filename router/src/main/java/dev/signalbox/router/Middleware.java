package dev.signalbox.router;

/**
 * Sees messages on their way and may change or stop them.
 *
 * <p>It runs on the thread that sends, which for a client's message is a network thread: it must be thread-safe and must
 * not block. An exception it throws stops the message, as a rejection.
 */
@FunctionalInterface
public interface Middleware {

    /** Returns the message as it is, a changed copy, or {@link Message#rejected}. */
    Message apply(Message message);
}
