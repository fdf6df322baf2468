package dev.signalbox.server.sessions;

import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.TimeText;
import dev.signalbox.server.rest.Violation;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Page;
import dev.signalbox.session.bus.SessionBus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lists sessions and removes them, appends to them, reads them, and follows them as server-sent events. */
final class SessionRoutes {
    private static final String SESSIONS = "/api/sessions";
    /** A session's name may have slashes, encoded or not; one that ends with {@code /events} needs that one encoded. */
    private static final String SESSION = SESSIONS + "/{+id}";

    private static final String EVENTS = SESSION + "/events";

    private static final Set<String> PARAMETERS = Set.of("after", "since", "limit");

    private final SessionBus<String> bus;
    private final EventIntake intake;
    private final SessionStreams streams;

    SessionRoutes(SessionBus<String> bus, EventIntake intake, SessionStreams streams) {
        this.bus = bus;
        this.intake = intake;
        this.streams = streams;
    }

    List<Route> routes() {
        return List.of(
                Route.read(SESSIONS, this::list),
                Route.delete(SESSION, Role.ADMIN, this::delete),
                Route.post(
                        EVENTS, Role.SENDER, (request, response) -> intake.append(session(request), request, response)),
                Route.read(EVENTS, this::read));
    }

    private record Sessions(List<Session> items, Optional<String> next) {}

    private record Session(String id) {}

    private void list(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("after", "limit"));
        int limit = query.limit();
        query.refuseWrong();
        List<String> found = names(query.text("after").orElse(""), limit + 1);
        List<Session> items = found.stream().limit(limit).map(Session::new).toList();
        Optional<String> next =
                found.size() > limit ? Optional.of(items.getLast().id()) : Optional.empty();
        Json.send(response, new Sessions(items, next));
    }

    private List<String> names(String after, int most) {
        try {
            return bus.sessions(after, most);
        } catch (IllegalArgumentException noName) {
            throw Problems.invalid(List.of(new Violation("after", "must be the name of a session")));
        }
    }

    private void delete(Request request, Response response) throws IOException {
        String session = session(request);
        long last = SessionProblems.translating(() -> bus.read(session, From.now(), 1))
                .last();
        if (last == 0) {
            throw new Problem(404, "there is no session " + session);
        }
        bus.delete(session);
        response.status(204).send();
    }

    private void read(Request request, Response response) throws IOException {
        boolean following = request.header("Accept")
                .filter(accept -> accept.contains(SessionStreams.TYPE))
                .isPresent();
        if (following) {
            Query query = new Query(request, PARAMETERS);
            From from = from(request, query, true);
            query.refuseWrong();
            streams.follow(request, session(request), from, response);
        } else {
            page(request, response);
        }
    }

    private void page(Request request, Response response) throws IOException {
        Query query = new Query(request, PARAMETERS);
        int limit = query.limit();
        From from = from(request, query, false);
        query.refuseWrong();
        String session = session(request);
        Page<String> page = SessionProblems.translating(() -> bus.read(session, from, limit));
        Json.send(response, SessionViews.of(session, page));
    }

    /** A browser that lost its stream says where it was in a header; a stream without any beginning begins now. */
    private static From from(Request request, Query query, boolean following) {
        Optional<From> resumed =
                request.header("Last-Event-ID").filter(id -> following).flatMap(SessionRoutes::after);
        Optional<From> after = query.value(
                "after",
                text -> after(text).orElseThrow(IllegalArgumentException::new),
                "must be an event's id, or its offset: a whole number from 0 to 999999999999999999");
        Optional<From> since = query.value(
                "since",
                text -> From.since(TimeText.instant(text).orElseThrow(IllegalArgumentException::new)),
                "must be a time such as 2026-03-01T12:00:00Z");
        return resumed.or(() -> after).or(() -> since).orElse(following ? From.now() : From.beginning());
    }

    /** A browser sends back whatever it was given, so what is no event's id was none of ours. */
    private static Optional<From> after(String id) {
        try {
            return Optional.of(From.after(EventId.parse(id)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String session(Request request) {
        return request.parameter("id");
    }
}
