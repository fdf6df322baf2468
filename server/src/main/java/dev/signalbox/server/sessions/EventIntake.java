package dev.signalbox.server.sessions;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.LineReader;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.SendOptions;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionBusException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import tools.jackson.databind.JsonNode;

/** Appends what is posted to a session: one event, or many as lines. Thread-safe. */
final class EventIntake {
    private static final String NDJSON = "application/x-ndjson";
    private static final int CHUNK = 500;

    private final SessionBus<String> bus;
    private final ControlPlane.Bounds bounds;

    EventIntake(SessionBus<String> bus, ControlPlane.Bounds bounds) {
        this.bus = bus;
        this.bounds = bounds;
    }

    void append(String session, Request request, Response response) throws IOException {
        switch (RequestBody.type(request)) {
            case "application/json" -> one(session, request, response);
            case NDJSON -> many(session, request, response);
            default -> throw RequestBody.unsupportedType(request, "application/json, " + NDJSON);
        }
    }

    private void one(String session, Request request, Response response) throws IOException {
        SendOptions options = AppendHeaders.ofOne(request);
        JsonNode event = RequestBody.json(request, bounds.maxBody());
        long offset = SessionProblems.translating(() -> bus.send(session, event.toString(), options));
        if (options.key().isPresent()) {
            requireSame(session, offset, event.toString());
        }
        response.header("ETag", "\"" + offset + "\"");
        Json.send(response, 201, Map.of("session", session, "offset", offset));
    }

    /** An event that is gone meanwhile cannot be compared, and passes. */
    private void requireSame(String session, long offset, String event) {
        Optional<Event<String>> standing = bus.read(session, From.after(offset - 1), 1).events().stream()
                .filter(there -> there.offset() == offset)
                .findFirst();
        if (standing.filter(there -> !there.value().equals(event)).isPresent()) {
            throw new Problem(
                    422,
                    "the Idempotency-Key was used for event " + offset
                            + ", which is different; give each event a key of its own");
        }
    }

    /** An event a line. What was appended before a mistake stays; the problem says how many. */
    private void many(String session, Request request, Response response) throws IOException {
        SendOptions options = AppendHeaders.ofMany(request);
        RequestBody.refuseLongerThan(request, bounds.maxBulk());
        Chunk chunk = new Chunk(session, options);
        try (InputStream in = request.body()) {
            LineReader lines = new LineReader(in, bounds.maxBody(), bounds.maxBulk());
            for (Optional<LineReader.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                if (!line.get().text().isBlank() || line.get().fault().isPresent()) {
                    chunk.add(line.get());
                }
            }
            chunk.settle();
        }
        Json.send(response, 201, Map.of("session", session, "appended", chunk.appended, "offset", chunk.last));
    }

    /** The events on their way, a bounded number at a time. Confined to one thread. */
    private final class Chunk {
        private final String session;
        private final SendOptions options;
        private final List<CompletableFuture<Long>> sent = new ArrayList<>();
        private long appended;
        private long last;

        Chunk(String session, SendOptions options) {
            this.session = session;
            this.options = options;
        }

        void add(LineReader.Line line) {
            try {
                sent.add(bus.sendAsync(session, event(line), options));
            } catch (IllegalArgumentException invalid) {
                throw wrong(line, FailureText.of(invalid));
            } catch (SessionBusException failure) {
                settle();
                throw withAppended(failure);
            }
            if (sent.size() == CHUNK) {
                settle();
            }
        }

        private String event(LineReader.Line line) {
            try {
                if (line.fault().isEmpty()) {
                    return Json.read(line.text()).toString();
                }
                throw wrong(line, line.fault().get());
            } catch (Json.Malformed malformed) {
                throw wrong(line, "the line is not JSON: " + FailureText.of(malformed));
            }
        }

        private Problem wrong(LineReader.Line line, String fault) {
            settle();
            return new Problem(400, "line " + line.number() + ": " + fault)
                    .with("line", line.number())
                    .with("appended", appended);
        }

        /** Waits for what was sent; the first failure is told with the number of events before it. */
        void settle() {
            for (CompletableFuture<Long> one : sent) {
                try {
                    last = one.join();
                    appended++;
                } catch (CompletionException e) {
                    throw e.getCause() instanceof RuntimeException failure ? withAppended(failure) : e;
                }
            }
            sent.clear();
        }

        private RuntimeException withAppended(RuntimeException failure) {
            return SessionProblems.of(failure) instanceof Problem refusal
                    ? refusal.with("appended", appended)
                    : failure;
        }
    }
}
