package dev.signalbox.server.node;

import dev.signalbox.maintenance.control.AdmissionGate;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Phase;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.Handler;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Refuses requests of the control plane while the node is in maintenance, and tells when those inside have ended. An answer without
 * an end counts until it gives back its place. Thread-safe.
 */
final class RequestGate {
    private static final String NAME = "requests";

    private final AdmissionGate gate = new AdmissionGate();
    private final Supplier<Duration> retryAfter;

    RequestGate(Supplier<Duration> retryAfter) {
        this.retryAfter = retryAfter;
    }

    Drainable drainable(Duration deadline) {
        return Drainable.of(NAME, Phase.INTAKE, deadline, gate);
    }

    long refused() {
        return gate.refused();
    }

    Api before(Api api) {
        return api.always() ? api : api.around(this::before);
    }

    private Handler before(Handler handler) {
        return (request, response) -> handle(handler, request, response);
    }

    private void handle(Handler handler, Request request, Response response) throws IOException {
        if (!gate.enter()) {
            throw new Problem(
                            503, "this node is in maintenance and takes no requests; try again later, or another node")
                    .header(
                            "Retry-After",
                            Long.toString(retryAfter.get().plusMillis(999).toSeconds()));
        }
        Runnable leaving = leavingOnce();
        request.whenLeavingPlace(leaving);
        try {
            handler.handle(request, response);
        } finally {
            leaving.run();
        }
    }

    private Runnable leavingOnce() {
        var left = new AtomicBoolean();
        return () -> {
            if (left.compareAndSet(false, true)) {
                gate.leave();
            }
        };
    }
}
