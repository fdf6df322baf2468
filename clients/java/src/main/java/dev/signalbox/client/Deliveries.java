package dev.signalbox.client;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Messages outside topics: those that want to be acknowledged are handled once, whatever comes again. For the client's loop. */
final class Deliveries {
    /** Messages whose ids are remembered, and answers to requests that wait for a connection. */
    private static final int REMEMBERED = 1_000;

    /** What became of a message; {@code answer} is null while it is handled. */
    private record Handled(@Nullable ObjectNode answer) {}

    private final Session session;
    private final ClientListener listener;
    private final Events events;
    private final Map<String, Handled> handled = new LinkedHashMap<>();
    /** Answers to requests that found no connection; the server keeps the requests as long as the session may come back. */
    private final Queue<ObjectNode> late = new ArrayDeque<>(1);

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
            answer(nack(message, refusal), message.id());
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

    /** The session has a connection again. */
    void resumed() {
        List<ObjectNode> answers = List.copyOf(late);
        late.clear();
        answers.forEach(this::write);
    }

    /** The session has ended, and with it what it was asked. */
    void restarted() {
        late.clear();
    }

    /** Somebody asks, and is told if this session does not reply. */
    void asked(JsonNode frame) {
        Message request = Frames.message(frame);
        events.add(() -> ask(request));
    }

    /** On the listener's thread. */
    private void ask(Message request) {
        try {
            var _ = listener.onRequest(request).whenComplete((reply, failure) -> {
                if (failure != null) {
                    notReplied(request, failure);
                } else if (reply == null) {
                    notReplied(request, new IllegalStateException("onRequest completed without a reply"));
                } else {
                    session.loop().execute(() -> reply(request, reply));
                }
            });
        } catch (RuntimeException | Error e) {
            notReplied(request, e);
        }
    }

    private void reply(Message request, Draft reply) {
        try {
            answer(Frames.frame("reply", reply).put("id", request.id()));
        } catch (RefusedException tooLarge) {
            events.problem(tooLarge);
            answer(nack(request, new MessageRefusal("reply too large: " + tooLarge.getMessage())));
        }
    }

    private void answer(ObjectNode answer) {
        if (!session.write(answer)) {
            if (late.size() == REMEMBERED) {
                late.remove();
            }
            late.add(answer);
        }
    }

    private void notReplied(Message request, Throwable failure) {
        Throwable why =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (why instanceof MessageRefusal refusal) {
            refuse(request, refusal);
        } else {
            events.problem(why);
            refuse(request, new MessageRefusal("its handler failed"));
        }
    }

    private void refuse(Message request, MessageRefusal refusal) {
        session.loop().execute(() -> answer(nack(request, refusal)));
    }

    private static ObjectNode nack(Message message, MessageRefusal refusal) {
        return Frames.frame("nack").put("id", message.id()).put("reason", refusal.reason());
    }
}
