package dev.signalbox.router;

/**
 * Sees messages on their way and may change or stop them.
 *
 * <p>It runs on the thread that sends, which for a client's message is a network thread: it must be thread-safe and must
 * not block. If it throws or returns null, the message is rejected.
 */
@FunctionalInterface
public interface Middleware {

    /** Accepts the message as it is or a changed copy, or rejects it. */
    Decision apply(Message message);
}
