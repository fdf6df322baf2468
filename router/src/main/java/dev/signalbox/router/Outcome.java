package dev.signalbox.router;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what becomes of one message while it is routed. For one thread. */
final class Outcome {
    private final Message message;
    private final RouterListener listener;
    private int accepted;
    private @Nullable List<RouteError> errors;

    Outcome(Message message, RouterListener listener) {
        this.message = message;
        this.listener = listener;
    }

    /** One target; null means that it took the message. */
    void add(@Nullable RouteError error) {
        if (error == null) {
            accepted++;
        } else {
            addError(error);
        }
    }

    void accepted(int more) {
        accepted += more;
    }

    private void addError(RouteError error) {
        if (errors == null) {
            errors = new ArrayList<>();
        }
        errors.add(error);
        listener.failed(message, error);
    }

    SendReport report() {
        return new SendReport(message.id(), accepted, errors == null ? List.of() : errors);
    }
}
