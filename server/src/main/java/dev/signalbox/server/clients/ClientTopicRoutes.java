package dev.signalbox.server.clients;

import dev.signalbox.router.Address;
import dev.signalbox.router.Router;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.UuidText;
import dev.signalbox.server.rest.Violation;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Subscribes the sessions of a client, on all nodes, to a topic, and ends subscriptions of theirs. Thread-safe. */
final class ClientTopicRoutes {
    private static final String TOPICS = ClientActionRoutes.CLIENT + "/topics";
    private static final int LARGEST = 4096;
    private static final String NO_TOPIC =
            "must be the name of a topic, or its beginning and an asterisk: 1 to 128 of A-Z a-z 0-9 . _ ~ @ + : / = -";
    private static final String NO_SESSION = "must be the id of a session, as the client's page tells";

    private final Supplier<Router> router;

    /** {@code router} is asked for once there are requests. */
    ClientTopicRoutes(Supplier<Router> router) {
        this.router = router;
    }

    List<Route> routes() {
        return List.of(
                Route.post(TOPICS, Role.ADMIN, this::subscribe), Route.delete(TOPICS, Role.ADMIN, this::unsubscribe));
    }

    private record Told(String id, String topic, int sessions) {}

    private void subscribe(Request request, Response response) throws IOException {
        JsonNode body = RequestBody.declaredJson(request, LARGEST);
        if (!body.isObject()) {
            throw new Problem(400, "a subscription is a JSON object with the field topic");
        }
        Violations violations = new Violations();
        JsonFields fields = new JsonFields(body, "", violations);
        fields.refuseUnknown(Set.of("topic", "session"), "a subscription");
        Optional<String> topic = fields.text("topic").filter(ClientTopicRoutes::isTopic);
        Optional<UUID> session = fields.text("session").flatMap(UuidText::parse);
        violations.check(topic.isPresent(), "topic", NO_TOPIC);
        violations.check(session.isPresent() || !body.has("session"), "session", NO_SESSION);
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
        tell(request, response, topic.orElseThrow(), session, router.get()::subscribe);
    }

    private void unsubscribe(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("topic", "session"));
        Optional<UUID> session = query.value(
                "session", text -> UuidText.parse(text).orElseThrow(IllegalArgumentException::new), NO_SESSION);
        query.refuseWrong();
        String topic = query.text("topic")
                .filter(ClientTopicRoutes::isTopic)
                .orElseThrow(() -> Problems.invalid(List.of(new Violation("topic", NO_TOPIC))));
        tell(request, response, topic, session, router.get()::unsubscribe);
    }

    private static boolean isTopic(String name) {
        try {
            return Address.topic(name).name().equals(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void tell(
            Request request, Response response, String topic, Optional<UUID> session, BiPredicate<UUID, String> wish)
            throws IOException {
        String id = ClientActionRoutes.id(request);
        List<UUID> sessions = new ClientSessions(router.get()).ids(id, session);
        if (sessions.isEmpty()) {
            throw ClientActionRoutes.noSession(id, session);
        }
        long told = sessions.stream().filter(each -> wish.test(each, topic)).count();
        Json.send(response, new Told(id, topic, (int) told));
    }
}
