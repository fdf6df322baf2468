package dev.signalbox.server.observatory;

import dev.signalbox.observatory.Observatory;
import dev.signalbox.observatory.ObservatoryStats;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** How the shipping of this node's log goes, and its pause. Thread-safe. */
final class LogRoutes {
    private final Optional<Observatory> shipping;

    /** @param shipping empty where no log is shipped; then every request is answered with 409, which says so */
    LogRoutes(Optional<Observatory> shipping) {
        this.shipping = shipping;
    }

    Api api() {
        return new Api(
                        List.of(
                                Route.read("/api/logs", (request, response) -> answer(response, it -> {})),
                                Route.post("/api/logs/pause", Role.ADMIN, this::pause),
                                Route.post("/api/logs/resume", Role.ADMIN, this::resume)),
                        OpenApi.part(LogRoutes.class))
                .servedAlways();
    }

    private void pause(Request request, Response response) throws IOException {
        answer(response, Observatory::pause);
    }

    private void resume(Request request, Response response) throws IOException {
        answer(response, Observatory::resume);
    }

    private void answer(Response response, Consumer<Observatory> action) throws IOException {
        Observatory observatory = shipping.orElseThrow(() -> new Problem(
                409,
                "This server ships no log. Set " + ObservatoryKeys.URL.path() + " or "
                        + ObservatoryKeys.ALLOWED.path()));
        action.accept(observatory);
        Json.send(response, LogShippingView.of(observatory.stats()));
    }

    private record LogShippingView(
            boolean paused,
            long pending,
            long spoolBytes,
            long shipped,
            long deadLettered,
            long dropped,
            int destinations,
            int failing,
            int unauthorized) {
        static LogShippingView of(ObservatoryStats stats) {
            return new LogShippingView(
                    stats.paused(),
                    stats.pending(),
                    stats.spoolBytes(),
                    stats.shipped(),
                    stats.deadLettered(),
                    stats.droppedInAll(),
                    stats.contexts(),
                    stats.failing(),
                    stats.unauthorized());
        }
    }
}
