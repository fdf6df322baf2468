package dev.signalbox.server.observatory;

import dev.signalbox.observatory.ContextHeaders;
import dev.signalbox.observatory.ExecutionContext;
import dev.signalbox.router.Decision;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Middleware;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries the execution context that a client's message names in its headers to the logic that handles the message, so that
 * what is logged on the way goes where the client wants it, if that is allowed. As middleware it reads the headers; the one
 * with the token ends there and reaches no receiver. Thread-safe.
 */
final class LogContexts implements Middleware {
    private static final String TAG = "execution-context";

    private final ContextHeaders headers;

    public LogContexts(ContextHeaders headers) {
        this.headers = headers;
    }

    @Override
    public Decision apply(Message message) {
        return Decision.accept(read(message));
    }

    Message read(Message message) {
        if (message.headers().isEmpty()) {
            return message;
        }
        var context = headers.read(name -> header(message.headers(), name));
        var tagged = context.isEmpty() ? message : message.withTag(TAG, context);
        if (header(message.headers(), ContextHeaders.EXECUTION_CONTEXT) == null) {
            return tagged;
        }
        Map<String, String> others = new HashMap<>(message.headers());
        others.keySet().removeIf(ContextHeaders.EXECUTION_CONTEXT::equalsIgnoreCase);
        return tagged.withHeaders(others);
    }

    private static @Nullable String header(Map<String, String> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** The same logic, run in the context of each message. What runs beside the flow has none. */
    public static Logic around(Logic logic) {
        return switch (logic) {
            case Logic.Dispatched it -> new Logic.Dispatched(around(it.handler()), it.concurrency(), it.waiting());
            case Logic.Worker it -> new Logic.Worker(around(it.handler()), it.mailbox());
            case Logic.Passive it -> it;
        };
    }

    private static Logic.Handler around(Logic.Handler handler) {
        return (message, context) -> {
            if (message.tags().get(TAG) instanceof ExecutionContext within) {
                within.call(() -> {
                    handler.handle(message, context);
                    return true;
                });
            } else {
                handler.handle(message, context);
            }
        };
    }
}
