package dev.signalbox.server.topics;

import dev.signalbox.router.ClientSession.Presence;
import dev.signalbox.router.ErrorCode;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.Router;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Tells who subscribes to a topic, on all nodes. Thread-safe. */
final class PresenceRoutes {
    /** A topic's name may have slashes; one that ends with {@code /presence} needs that one encoded. */
    private static final String PRESENCE = TopicRoutes.TOPICS + "/{+name}/presence";

    /** The router answers after about two seconds, unless it ends meanwhile. */
    private static final long LONGEST_SECONDS = 10;

    private final Supplier<Router> router;

    /** {@code router} is asked for once there are requests. */
    PresenceRoutes(Supplier<Router> router) {
        this.router = router;
    }

    List<Route> routes() {
        return List.of(Route.read(PRESENCE, this::presence));
    }

    private record PresencePage(String topic, int count, boolean complete, List<String> users, Optional<String> next) {}

    private void presence(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("limit", "cursor"));
        int limit = query.limit();
        query.refuseWrong();
        String after = query.text("cursor").orElse("");
        String topic = TopicRoutes.topic(request).name();
        Presence.Present present = present(topic, after, limit);
        Optional<String> next = present.users().size() < limit
                ? Optional.empty()
                : Optional.of(present.users().getLast());
        Json.send(response, new PresencePage(topic, present.count(), present.isComplete(), present.users(), next));
    }

    private Presence.Present present(String topic, String after, int limit) {
        CompletableFuture<Presence> asked =
                router.get().presence(topic, after, limit).toCompletableFuture();
        try {
            return switch (asked.orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS).join()) {
                case Presence.Present present -> present;
                case Presence.Refused(RouteError error) -> throw refused(error);
                case Presence.Later _ -> throw new IllegalStateException("it was waited for");
            };
        } catch (CompletionException e) {
            throw unavailable("other nodes did not tell who is in the topic");
        }
    }

    private static Problem refused(RouteError error) {
        return error.code() == ErrorCode.OVERLOADED
                ? unavailable(error.message())
                : new Problem(404, error.message() + "; topics.rules.*.presence does");
    }

    private static Problem unavailable(String why) {
        return new Problem(503, why).header("Retry-After", "1");
    }
}
