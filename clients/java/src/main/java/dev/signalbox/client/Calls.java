package dev.signalbox.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Frames that wait for the server's answer, and those that wait for a connection. For the client's loop. */
final class Calls {

    /** What becomes of a call; one of them is called, once, in the loop. */
    interface Outcome {
        void answered(JsonNode frame);

        void failed(ClientException why);
    }

    private static final class Call {
        private final ObjectNode frame;
        private final boolean repeatable;
        private final Outcome outcome;
        private boolean sent;
        private @Nullable ScheduledFuture<?> timer;

        Call(ObjectNode frame, boolean repeatable, Outcome outcome) {
            this.frame = frame;
            this.repeatable = repeatable;
            this.outcome = outcome;
        }
    }

    private final Loop loop;
    /** Throws a {@link RefusedException} at a frame that the server would not take. */
    private final Predicate<ObjectNode> connection;

    private final Map<String, Call> waiting = new LinkedHashMap<>();
    private long next = 1;

    /** @param connection sends a frame; false if there is none; refuses a frame that is too large */
    Calls(Loop loop, Predicate<ObjectNode> connection) {
        this.loop = loop;
        this.connection = connection;
    }

    /**
     * Sends a frame under an id of its own, now or once there is a connection.
     *
     * @param repeatable whether it is sent again after a reconnect, because the server knows a repetition
     */
    void begin(ObjectNode frame, Duration timeout, boolean repeatable, Outcome outcome) {
        String id = "c" + next++;
        Call call = new Call(frame.put("id", id), repeatable, outcome);
        waiting.put(id, call);
        call.timer = loop.later(timeout, () -> expire(id, timeout));
        send(id, call);
    }

    private void send(String id, Call call) {
        try {
            call.sent = connection.test(call.frame);
        } catch (RefusedException tooLarge) {
            fail(id, tooLarge);
        }
    }

    private void expire(String id, Duration timeout) {
        Call call = take(id);
        if (call != null) {
            String what = call.sent ? "no answer came within " : "there was no connection within ";
            call.outcome.failed(new NoAnswerException(what + timeout.toMillis() + " ms"));
        }
    }

    private @Nullable Call take(@Nullable String id) {
        Call call = id == null ? null : waiting.remove(id);
        if (call != null) {
            Loop.cancel(call.timer);
        }
        return call;
    }

    void answered(JsonNode frame) {
        Call call = take(Frames.string(frame, "id"));
        if (call != null) {
            call.outcome.answered(frame);
        }
    }

    /** False if nothing waits under this id. */
    boolean fail(@Nullable String id, ClientException why) {
        Call call = take(id);
        if (call != null) {
            call.outcome.failed(why);
        }
        return call != null;
    }

    /** There is a connection: what waits for one is sent. */
    void connected() {
        for (Map.Entry<String, Call> each : new ArrayList<>(waiting.entrySet())) {
            if (!each.getValue().sent) {
                send(each.getKey(), each.getValue());
            }
        }
    }

    /**
     * The server ended the connection since a message was too large, though this client knew of no such limit: a proxy between them may
     * have one of its own. The largest call that was not answered is taken for it, and fails. So each such end is of one call, and none is
     * repeated for ever.
     */
    void refuseLargest() {
        waiting.entrySet().stream()
                .filter(each -> each.getValue().sent)
                .max(Comparator.comparingInt(
                        each -> Frames.text(each.getValue().frame).length()))
                .ifPresent(largest -> fail(
                        largest.getKey(),
                        RefusedException.tooLarge("the connection was ended with " + CloseCodes.TOO_LARGE
                                + ", message too large, and this was the largest that was not answered")));
    }

    /** The connection broke: what may not be repeated has failed. */
    void lost() {
        for (Map.Entry<String, Call> each : new ArrayList<>(waiting.entrySet())) {
            Call call = each.getValue();
            if (call.sent && call.repeatable) {
                call.sent = false;
            } else if (call.sent) {
                fail(
                        each.getKey(),
                        new ConnectionLostException(
                                "the connection broke before the answer came; it is not known whether the server did it"));
            }
        }
    }

    void failAll(ClientException why) {
        for (String id : List.copyOf(waiting.keySet())) {
            fail(id, why);
        }
    }
}
