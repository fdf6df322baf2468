package dev.signalbox.server.clients;

import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Router;
import dev.signalbox.router.SessionInfo;
import dev.signalbox.server.configuration.DurationText;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Shows one client with its sessions and their topics, disconnects it, and bans it for some time. Thread-safe. */
final class ClientActionRoutes {
    /** A client's id may have slashes; one that ends with {@code /ban} or {@code /topics} needs that one encoded. */
    static final String CLIENT = "/api/clients/{+id}";

    private static final String BAN = CLIENT + "/ban";
    private static final int LARGEST = 4096;
    private static final Pattern LENGTH = Pattern.compile("[1-9]\\d{0,4}[smhd]");

    private final Supplier<Router> router;
    private final InstantSource clock;

    /** {@code router} is asked for once there are requests. */
    ClientActionRoutes(Supplier<Router> router, InstantSource clock) {
        this.router = router;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.read(CLIENT, this::show),
                Route.delete(CLIENT, Role.ADMIN, this::disconnect),
                Route.post(BAN, Role.ADMIN, this::ban),
                Route.delete(BAN, Role.ADMIN, this::unban));
    }

    /** One session of the client, and the topics that it subscribes to if it is on this node. */
    private record SessionView(
            UUID session,
            String address,
            Instant connectedAt,
            Instant lastMessageAt,
            Map<String, String> metadata,
            boolean connected,
            Optional<String> node,
            Optional<List<String>> topics) {
        static SessionView of(ClientSessions.Located located) {
            SessionInfo info = located.session();
            return new SessionView(
                    info.id(),
                    info.remoteAddress(),
                    info.connectedAt(),
                    info.lastMessageAt(),
                    info.metadata(),
                    info.connected(),
                    located.node(),
                    located.topics());
        }
    }

    private record ClientView(String id, Optional<Instant> bannedUntil, List<SessionView> sessions) {}

    private void show(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of());
        query.refuseWrong();
        String id = id(request);
        ClientView client = view(id);
        if (client.sessions().isEmpty() && client.bannedUntil().isEmpty()) {
            throw notConnected(id);
        }
        Json.send(response, client);
    }

    private ClientView view(String id) {
        List<SessionView> sessions = new ClientSessions(router.get())
                .of(id).stream().map(SessionView::of).toList();
        return new ClientView(id, router.get().bannedUntil(id), sessions);
    }

    /** What was to be done to one session, or to all of a client's, which has none. */
    static Problem noSession(String id, Optional<UUID> session) {
        return session.map(each -> new Problem(404, "client " + id + " has no session " + each))
                .orElseGet(() -> notConnected(id));
    }

    private static Problem notConnected(String id) {
        return new Problem(404, "client " + id + " is not connected");
    }

    static String id(Request request) {
        try {
            return Address.client(request.parameter("id")).id();
        } catch (IllegalArgumentException e) {
            throw Problems.invalid(
                    List.of(new Violation("id", "must be 1 to 128 of A-Z a-z 0-9 . _ ~ @ + : / = - for a client")));
        }
    }

    private record Disconnected(String id, int sessions) {}

    private void disconnect(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("session", "reconnect"));
        Optional<UUID> session = query.value(
                "session", ClientActionRoutes::uuid, "must be the id of a session, as the client's page tells");
        boolean comesBack = query.value("reconnect", ClientActionRoutes::truth, "must be true or false")
                .orElse(false);
        query.refuseWrong();
        String id = id(request);
        CloseReason reason = comesBack ? CloseReason.RESTARTING : CloseReason.REMOVED;
        Json.send(response, new Disconnected(id, disconnect(id, session, reason)));
    }

    private static UUID uuid(String text) {
        return UuidText.parse(text).orElseThrow(() -> new IllegalArgumentException("not the id of a session"));
    }

    private static Boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    /** Returns how many sessions were told to go. */
    private int disconnect(String id, Optional<UUID> session, CloseReason reason) {
        List<UUID> going = new ClientSessions(router.get()).ids(id, session);
        if (going.isEmpty()) {
            throw noSession(id, session);
        }
        return (int) going.stream()
                .filter(each -> router.get().disconnect(each, reason))
                .count();
    }

    private void ban(Request request, Response response) throws IOException {
        String id = id(request);
        Duration length = length(RequestBody.declaredJson(request, LARGEST));
        if (!router.get().ban(id, clock.instant().plus(length))) {
            throw new Problem(503, "as many clients are banned as may be (10000); lift a ban first")
                    .header("Retry-After", "60");
        }
        Json.send(response, view(id));
    }

    private static Duration length(JsonNode body) {
        Violations violations = new Violations();
        if (!body.isObject()) {
            throw new Problem(400, "a ban is a JSON object with the field for, such as 10m");
        }
        JsonFields fields = new JsonFields(body, "", violations);
        fields.refuseUnknown(Set.of("for"), "a ban");
        Optional<String> length =
                fields.text("for").filter(text -> LENGTH.matcher(text).matches());
        if (length.isEmpty()) {
            violations.add("for", "is required: how long, such as 30s, 10m, 12h or 7d");
        }
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
        return DurationText.parse(length.orElseThrow());
    }

    private void unban(Request request, Response response) throws IOException {
        String id = id(request);
        if (!router.get().unban(id)) {
            throw new Problem(404, "client " + id + " is not banned");
        }
        response.status(204).send();
    }
}
