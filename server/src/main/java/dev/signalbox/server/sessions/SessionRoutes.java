package dev.signalbox.server.sessions;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.LineReader;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.TimeText;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Gap;
import dev.signalbox.session.bus.Page;
import dev.signalbox.session.bus.SessionBus;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.util.RawValue;

/** Appends to sessions, reads them, and follows them as server-sent events. */
final class SessionRoutes {
    /** A session's name may have slashes, encoded or not. */
    private static final String PATH = "/api/sessions/{+id}/events";

    private static final String NDJSON = "application/x-ndjson";
    private static final Set<String> PARAMETERS = Set.of("after", "since", "limit");
    private static final int CHUNK = 500;

    private final SessionBus<String> bus;
    private final ControlPlane.Bounds bounds;
    private final SessionStreams streams;

    public SessionRoutes(SessionBus<String> bus, ControlPlane.Bounds bounds, SessionStreams streams) {
        this.bus = bus;
        this.bounds = bounds;
        this.streams = streams;
    }

    public List<Route> routes() {
        return List.of(Route.post(PATH, Role.SENDER, this::append), Route.read(PATH, this::read));
    }

    private void append(Request request, Response response) throws IOException {
        switch (RequestBody.type(request)) {
            case "application/json" -> one(request, response);
            case NDJSON -> many(request, response);
            default -> throw RequestBody.unsupportedType(request, "application/json, " + NDJSON);
        }
    }

    private void one(Request request, Response response) throws IOException {
        JsonNode event = RequestBody.json(request, bounds.maxBody());
        long offset = checked(() -> bus.send(session(request), event.toString()));
        Json.send(response, 201, Map.of("session", session(request), "offset", offset));
    }

    /** An event a line. What was appended before a mistake stays; the problem says how many. */
    private void many(Request request, Response response) throws IOException {
        RequestBody.refuseLongerThan(request, bounds.maxBulk());
        long appended = 0;
        long last = 0;
        try (InputStream in = request.body()) {
            LineReader lines = new LineReader(in, bounds.maxBody(), bounds.maxBulk());
            List<CompletableFuture<Long>> chunk = new ArrayList<>();
            for (Optional<LineReader.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                if (!line.get().text().isBlank() || line.get().fault().isPresent()) {
                    String event = event(line.get(), appended + chunk.size());
                    chunk.add(checked(() -> bus.sendAsync(session(request), event)));
                }
                if (chunk.size() == CHUNK) {
                    last = joined(chunk);
                    appended += chunk.size();
                    chunk.clear();
                }
            }
            last = chunk.isEmpty() ? last : joined(chunk);
            appended += chunk.size();
        }
        Json.send(response, 201, Map.of("session", session(request), "appended", appended, "offset", last));
    }

    private static String event(LineReader.Line line, long before) {
        try {
            if (line.fault().isEmpty()) {
                return Json.read(line.text()).toString();
            }
            throw wrongLine(line, line.fault().get(), before);
        } catch (Json.Malformed malformed) {
            throw wrongLine(line, "the line is not JSON: " + FailureText.of(malformed), before);
        }
    }

    private static Problem wrongLine(LineReader.Line line, String fault, long before) {
        return new Problem(400, "line " + line.number() + ": " + fault)
                .with("line", line.number())
                .with("appended", before);
    }

    private static long joined(List<CompletableFuture<Long>> sends) {
        long last = 0;
        for (CompletableFuture<Long> send : sends) {
            last = send.join();
        }
        return last;
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
        Page<String> page = checked(() -> bus.read(session(request), from, limit));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("session", session(request));
        page.gap().ifPresent(gap -> answer.put("gap", view(gap)));
        answer.put("events", page.events().stream().map(SessionRoutes::view).toList());
        answer.put("next", page.next().offset());
        answer.put("last", page.last());
        Json.send(response, answer);
    }

    /** The value is JSON already. */
    public static Map<String, Object> view(Event<String> event) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("offset", event.offset());
        view.put("at", event.at());
        view.put("value", new RawValue(event.value()));
        return view;
    }

    public static Map<String, Object> view(Gap gap) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("expected", gap.expected());
        view.put("next", gap.next());
        return view;
    }

    /** A browser that lost its stream says where it was in a header; a stream without any beginning begins now. */
    private static From from(Request request, Query query, boolean following) {
        Optional<From> resumed =
                request.header("Last-Event-ID").filter(id -> following).flatMap(SessionRoutes::after);
        Optional<From> after = query.value(
                "after",
                text -> after(text).orElseThrow(IllegalArgumentException::new),
                "must be a whole number from 0 to 999999999999999999");
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

    private static <T> T checked(Supplier<T> call) {
        try {
            return call.get();
        } catch (IllegalArgumentException invalid) {
            throw Problems.refused(invalid);
        }
    }
}
