package dev.signalbox.server.topics;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.router.Address;
import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.Message;
import dev.signalbox.router.Position;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.Router;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Publishes to topics: one message, or several at once, of which each has an outcome of its own. */
final class PublishRoutes {
    private static final int UNAVAILABLE = 503;
    private static final Address.Logic REST = Address.logic("rest");

    private final Supplier<Router> router;
    private final ControlPlane.Bounds bounds;

    /** {@code router} is asked for once there are requests. */
    PublishRoutes(Supplier<Router> router, ControlPlane.Bounds bounds) {
        this.router = router;
        this.bounds = bounds;
    }

    /** Several are posted to the collection: a name below it may be that of a topic. */
    List<Route> routes() {
        return List.of(
                Route.post(TopicRoutes.MESSAGES, Role.SENDER, this::one),
                Route.post(TopicRoutes.TOPICS, Role.SENDER, this::several));
    }

    /** What came of a message. */
    private sealed interface Outcome {}

    private record Published(String topic, UUID epoch, long offset, boolean repeated) implements Outcome {}

    /** It went to those who subscribe, and has no place. */
    private record Passed(
            String topic, @JsonProperty("volatile") boolean isVolatile) implements Outcome {}

    private record Refused(String topic, Refusal error) implements Outcome {}

    private record Refusal(int status, String detail) {}

    private record Outcomes(List<Outcome> results) {}

    private void one(Request request, Response response) throws IOException {
        Address.Topic topic = TopicRoutes.topic(request);
        NewPublication posted = NewPublication.one(request, topic, RequestBody.declaredJson(request, bounds.maxBody()));
        Publishing publishing = settled(publish(posted));
        if (publishing instanceof Publishing.Refused(RouteError error)) {
            throw refused(error);
        }
        Json.send(response, 201, outcome(topic, publishing));
    }

    private void several(Request request, Response response) throws IOException {
        List<NewPublication> posted =
                NewPublication.several(request, RequestBody.declaredJson(request, bounds.maxBody()));
        List<Outcome> results = posted.stream().map(each -> new Begun(each.topic(), publish(each))).toList().stream()
                .map(each -> outcome(each.topic(), settled(each.publishing())))
                .toList();
        Json.send(response, new Outcomes(results));
    }

    /** All are under way before the first is waited for. */
    private record Begun(Address.Topic topic, Publishing publishing) {}

    /** The router ends the wait for a history that does not answer. */
    private static Publishing settled(Publishing publishing) {
        return publishing instanceof Publishing.Later(CompletionStage<Publishing> outcome)
                ? outcome.toCompletableFuture().join()
                : publishing;
    }

    private Publishing publish(NewPublication posted) {
        NewTopicMessage content = posted.message();
        Message message = Message.of(REST, posted.topic(), content.payload()).withHeaders(content.headers());
        return content.isVolatile()
                ? router.get().publishVolatile(message)
                : router.get().publish(message, posted.key());
    }

    private static Outcome outcome(Address.Topic topic, Publishing publishing) {
        return switch (publishing) {
            case Publishing.Published(Position position, boolean repeated) ->
                new Published(topic.name(), position.epoch(), position.offset(), repeated);
            case Publishing.Passed() -> new Passed(topic.name(), true);
            case Publishing.Refused(RouteError error) ->
                new Refused(topic.name(), new Refusal(status(error), error.message()));
            case Publishing.Later _ -> throw new IllegalStateException("it was waited for");
        };
    }

    private static int status(RouteError error) {
        return switch (error.code()) {
            case OVERLOADED, CLOSING, UNREACHABLE -> UNAVAILABLE;
            case TIMEOUT -> 504;
            case TOO_LARGE -> 413;
            default -> 400;
        };
    }

    private static Problem refused(RouteError error) {
        int status = status(error);
        Problem problem = new Problem(status, error.message());
        return status == UNAVAILABLE ? problem.header("Retry-After", "1") : problem;
    }
}
