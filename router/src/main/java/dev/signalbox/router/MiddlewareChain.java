package dev.signalbox.router;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Middleware in the order it was added. Thread-safe. */
final class MiddlewareChain {
    private static final Decision FAILED =
            Decision.reject("the server failed to process the message; its log has the reason");

    private final List<Middleware> chain = new CopyOnWriteArrayList<>();
    private final RouterListener listener;

    MiddlewareChain(RouterListener listener) {
        this.listener = listener;
    }

    void add(Middleware middleware) {
        chain.add(middleware);
    }

    boolean isEmpty() {
        return chain.isEmpty();
    }

    /** What all of them together say: the message after the last, or the first rejection. */
    Decision apply(Message message) {
        Message current = message;
        for (Middleware middleware : chain) {
            switch (apply(middleware, current)) {
                case Decision.Accept(Message accepted) -> current = accepted;
                case Decision.Reject rejected -> {
                    return rejected;
                }
            }
        }
        return Decision.accept(current);
    }

    /** A filter that fails must not let through what it was to stop. */
    private Decision apply(Middleware middleware, Message message) {
        try {
            return checked(middleware.apply(message));
        } catch (Throwable e) {
            listener.logicFailed("middleware", e);
            return FAILED;
        }
    }

    @SuppressWarnings("NullAway") // what others wrote may return null all the same
    private static Decision checked(@Nullable Decision decision) {
        if (decision == null) {
            throw new IllegalStateException("middleware returned null; it must accept or reject the message");
        }
        return decision;
    }
}
