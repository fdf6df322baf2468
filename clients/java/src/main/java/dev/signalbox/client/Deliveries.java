package dev.signalbox.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Messages outside topics: those that want to be acknowledged are handled once, whatever comes again. For the client's loop. */
final class Deliveries {
    /** Messages whose ids are remembered. */
    private static final int REMEMBERED = 1_000;

    /** What became of a message; {@code answer} is null while it is handled. */
    private record Handled(@Nullable ObjectNode answer) {}

    private final Session session;
    private final ClientListener listener;
    private final Events events;
    private final Map<String, Handled> handled = new LinkedHashMap<>();

    Deliveries(Session session, ClientListener listener, Events events) {
        this.session = session;
        this.listener = listener;
        this.events = events;
    }

    void received(JsonNode frame) {
        Message message = Frames.message(frame);
        if (!frame.path("ack").asBoolean(false)) {
            events.add(() -> listener.onMessage(message));
            return;
        }
        Handled before = handled.get(message.id());
        if (before == null) {
            remember(message.id());
            events.add(() -> handle(message));
        } else if (before.answer() != null) {
            write(before.answer());
        }
    }

    private void remember(String id) {
        handled.put(id, new Handled(null));
        if (handled.size() > REMEMBERED) {
            handled.remove(handled.keySet().iterator().next());
        }
    }

    /** On the listener's thread. One that could not be handled stays unacknowledged, and comes again. */
    private void handle(Message message) {
        try {
            listener.onMessage(message);
            answer(Frames.frame("ack").put("id", message.id()), message.id());
        } catch (MessageRefusal refusal) {
            answer(Frames.frame("nack").put("id", message.id()).put("reason", refusal.reason()), message.id());
        } catch (RuntimeException | Error e) {
            session.loop().execute(() -> handled.remove(message.id()));
            throw e;
        }
    }

    /** If there is no connection now, the message comes again with the next one, and finds its answer. */
    private void answer(ObjectNode answer, String id) {
        session.loop().execute(() -> {
            handled.computeIfPresent(id, (same, before) -> new Handled(answer));
            write(answer);
        });
    }

    /** One that is too large for the server is told as a problem: nobody waits for what becomes of it. */
    private void write(ObjectNode answer) {
        try {
            session.write(answer);
        } catch (RefusedException tooLarge) {
            events.problem(tooLarge);
        }
    }

    /** Somebody asks. */
    void asked(JsonNode frame) {
        Message request = Frames.message(frame);
        events.add(() -> {
            var _ = listener.onRequest(request).whenComplete((reply, failure) -> {
                if (failure != null) {
                    events.problem(failure);
                } else if (reply == null) {
                    events.problem(new IllegalStateException("onRequest completed without a reply"));
                } else {
                    ObjectNode answer = Frames.frame("reply", reply).put("id", request.id());
                    session.loop().execute(() -> write(answer));
                }
            });
        });
    }
}
