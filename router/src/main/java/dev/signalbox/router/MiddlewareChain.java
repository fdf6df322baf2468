package dev.signalbox.router;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Middleware in the order it was added. Thread-safe. */
final class MiddlewareChain {
    private final List<Middleware> chain = new CopyOnWriteArrayList<>();
    private final RouterListener listener;

    MiddlewareChain(RouterListener listener) {
        this.listener = listener;
    }

    void add(Middleware middleware) {
        chain.add(middleware);
    }

    /** The message after all of them, or after the first that rejected it. */
    Message apply(Message message) {
        Message current = message;
        for (Middleware middleware : chain) {
            current = apply(middleware, current);
            if (current.verdict() instanceof Verdict.Rejected) {
                return current;
            }
        }
        return current;
    }

    private Message apply(Middleware middleware, Message message) {
        try {
            return middleware.apply(message);
        } catch (RuntimeException e) {
            // A filter that fails must not let through what it was to stop.
            listener.logicFailed("middleware", e);
            return message.rejected("the server failed to process the message; its log has the reason");
        }
    }
}
