package dev.signalbox.endpoint.netty;

import dev.signalbox.router.AckResult;
import dev.signalbox.router.Address;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.ClientSession.Presence;
import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Draft;
import dev.signalbox.router.ErrorCode;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Position;
import dev.signalbox.router.RequestException;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.SendReport;
import dev.signalbox.router.TopicStart;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** What an authenticated client says, and the answers. For one thread; answers may come from any. */
final class Conversation implements ClientConnection.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    /** What may wait while somebody is asked about an earlier frame; one frame may be larger than that. */
    private static final int MOST_WAITING = 100;

    private static final int MOST_WAITING_BYTES = 1 << 20;

    private final ClientSession session;
    private final ClientConnection connection;
    private final RateLimit rate;
    /** Null while no frame has to wait. */
    private @Nullable Queue<ClientFrame> waiting;

    private List<Address> defaults;
    private boolean asking;
    private int waitingBytes;

    Conversation(ClientSession session, ClientConnection connection, RateLimit rate, List<Address> defaults) {
        this.session = session;
        this.connection = connection;
        this.rate = rate;
        this.defaults = defaults;
    }

    /** What a first frame says; empty if it is not one with a token. */
    static Optional<ClientFrame.Auth> auth(byte[] utf8) {
        try {
            return Commands.only(utf8, List.of()) instanceof ClientFrame.Auth auth
                    ? Optional.of(auth)
                    : Optional.empty();
        } catch (JacksonException | MalformedFrameException e) {
            return Optional.empty();
        }
    }

    void ended(CloseReason reason) {
        if (connection.isLost(reason)) {
            session.lost(reason, connection.written());
        } else {
            session.disconnected(reason);
        }
    }

    /** A binary frame is a payload as it is, for the default targets. */
    void binary(byte[] bytes) {
        if (defaults.isEmpty()) {
            error(null, ErrorCode.MALFORMED, "a binary frame needs a default target; set one with a \"use\" frame");
        } else {
            handle(new ClientFrame.Send(null, new Draft(defaults, Payload.binary(bytes), Map.of())));
        }
    }

    /** A text frame has one command, or several one after another. */
    void text(byte[] utf8) {
        try (Commands commands = new Commands(utf8)) {
            do {
                command(commands);
            } while (connection.isOpen() && commands.advance());
        } catch (JacksonException e) {
            connection.closeNow(CloseReason.MALFORMED);
        }
    }

    private void command(Commands commands) {
        if (!rate.tryTake(System.nanoTime())) {
            connection.closeNow(CloseReason.TOO_FAST);
            return;
        }
        try {
            handle(commands.read(defaults));
        } catch (MalformedFrameException e) {
            error(e.id(), ErrorCode.MALFORMED, String.valueOf(e.getMessage()));
        }
    }

    /** Frames are dealt with in their order, but what only later frames depend on at once. */
    private void handle(ClientFrame frame) {
        boolean isApart = frame instanceof ClientFrame.Ping
                || frame instanceof ClientFrame.Pong
                || frame instanceof ClientFrame.Use;
        if (!asking || isApart) {
            begin(frame);
        } else if (waiting == null
                || (waiting.size() < MOST_WAITING && waitingBytes + frame.weight() <= MOST_WAITING_BYTES)) {
            keep(frame);
        } else {
            error(
                    frame.id(),
                    ErrorCode.OVERLOADED,
                    "as many frames wait as may, for the answer about an earlier one; send again later");
        }
    }

    private void keep(ClientFrame frame) {
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        waiting.add(frame);
        waitingBytes += frame.weight();
    }

    private void begin(ClientFrame frame) {
        question(frame)
                .ifPresentOrElse(
                        answer -> {
                            asking = true;
                            answer.thenAccept(refusal -> connection.onLoop(() -> answered(frame, refusal)));
                        },
                        () -> act(frame));
    }

    /** What has to be awaited before the frame is dealt with. */
    private Optional<CompletionStage<Optional<RouteError>>> question(ClientFrame frame) {
        return switch (frame) {
            case ClientFrame.Send send -> session.askToPublish(send.draft());
            case ClientFrame.Publish publish -> session.askToPublish(publish.draft());
            case ClientFrame.PublishVolatile publish -> session.askToPublish(publish.draft());
            case ClientFrame.Subscribe subscribe ->
                session.askToSubscribe(subscribe.topic().name());
            default -> Optional.empty();
        };
    }

    private void answered(ClientFrame frame, Optional<RouteError> refusal) {
        asking = false;
        if (!connection.isOpen()) {
            waiting = null;
            return;
        }
        refusal.ifPresentOrElse(error -> connection.answer(ServerFrames.error(frame.id(), error)), () -> act(frame));
        while (!asking && waiting != null && connection.isOpen()) {
            begin(next(waiting));
        }
    }

    private ClientFrame next(Queue<ClientFrame> frames) {
        ClientFrame next = frames.remove();
        waitingBytes -= next.weight();
        if (frames.isEmpty()) {
            waiting = null;
        }
        return next;
    }

    private void act(ClientFrame frame) {
        switch (frame) {
            case ClientFrame.Send send -> answer(send.id(), session.send(send.draft()));
            case ClientFrame.SendAcknowledged send -> sendAcknowledged(send);
            case ClientFrame.Request request -> request(request);
            case ClientFrame.Reply reply -> reply(reply);
            case ClientFrame.Ack ack -> session.acknowledge(ack.message());
            case ClientFrame.Nack nack -> session.refuse(nack.message(), nack.reason());
            case ClientFrame.Use use -> use(use);
            case ClientFrame.Subscribe subscribe -> subscribe(subscribe);
            case ClientFrame.Unsubscribe unsubscribe -> unsubscribe(unsubscribe);
            case ClientFrame.Presence presence -> presence(presence);
            case ClientFrame.Publish publish ->
                published(publish.id(), publish.topic(), session.publish(publish.draft(), publish.key()));
            case ClientFrame.PublishVolatile publish ->
                published(publish.id(), publish.topic(), session.publishVolatile(publish.draft()));
            case ClientFrame.Ping ping -> connection.answer(ServerFrames.pong(ping.id()));
            case ClientFrame.Pong _ -> LOG.trace("pong");
            case ClientFrame.Auth _ ->
                error(
                        null,
                        ErrorCode.MALFORMED,
                        "an auth frame is allowed only once: this connection is authenticated already");
        }
    }

    /** A frame that has an id is always answered, one that has none only if it failed. */
    private void answer(@Nullable String id, SendReport report) {
        if (!report.complete()) {
            connection.answer(ServerFrames.errors(id, report));
        } else if (id != null) {
            connection.answer(ServerFrames.ok(id, report));
        }
    }

    private void sendAcknowledged(ClientFrame.SendAcknowledged send) {
        session.sendAcknowledged(send.draft(), send.within()).thenAccept(result -> ended(send.id(), result));
    }

    private void ended(@Nullable String id, AckResult result) {
        switch (result) {
            case AckResult.Acked _ -> acked(id);
            case AckResult.Rejected rejected -> connection.answer(ServerFrames.error(id, rejected.error()));
            case AckResult.Expired expired ->
                error(
                        id,
                        ErrorCode.TIMEOUT,
                        expired.sent()
                                ? "it was sent, but not acknowledged in time"
                                : "it was not sent: the client did not connect in time");
            case AckResult.Closed _ ->
                error(id, ErrorCode.CLOSING, "this node stopped before the client acknowledged; send again");
        }
    }

    private void acked(@Nullable String id) {
        if (id != null) {
            connection.answer(ServerFrames.acked(id));
        }
    }

    private void request(ClientFrame.Request request) {
        session.request(request.draft(), request.within())
                .whenComplete((reply, failure) -> answer(request.id(), reply, failure));
    }

    private void answer(String id, @Nullable Message reply, @Nullable Throwable failure) {
        if (reply != null) {
            connection.answer(ServerFrames.reply(id, reply));
        } else if (failure instanceof RequestException known) {
            connection.answer(ServerFrames.error(id, known.error()));
        } else {
            error(id, ErrorCode.LOGIC_FAILED, "the request failed: " + failure);
        }
    }

    private void reply(ClientFrame.Reply reply) {
        SendReport report = session.reply(reply.request(), reply.payload(), reply.headers());
        if (!report.complete()) {
            connection.answer(ServerFrames.errors(reply.request().toString(), report));
        }
    }

    private void use(ClientFrame.Use use) {
        defaults = use.targets();
        if (use.id() != null) {
            connection.answer(ServerFrames.ok(use.id()));
        }
    }

    private void subscribe(ClientFrame.Subscribe frame) {
        String topic = frame.topic().name();
        switch (session.subscribe(topic, frame.from())) {
            case Subscribing.Refused(RouteError error) -> connection.answer(ServerFrames.error(frame.id(), error));
            case Subscribing.Subscribed subscribed -> {
                Position after = new Position(subscribed.topic().epoch(), subscribed.after());
                byte[] ok = TopicFrames.subscribed(frame.id(), topic, after, subscribed.recovered());
                connection.subscribe(subscribed.topic(), subscribed.after(), ok);
            }
            case Subscribing.Later(CompletionStage<Optional<RouteError>> ready) -> {
                // Back on this thread: there, no other frame about the topic comes in between.
                var _ = ready.thenAccept(refusal -> connection.onLoop(() -> subscribe(frame, refusal)));
            }
        }
    }

    private void subscribe(ClientFrame.Subscribe frame, Optional<RouteError> refusal) {
        if (refusal.isPresent()) {
            connection.answer(ServerFrames.error(frame.id(), refusal.get()));
        } else {
            subscribe(frame);
        }
    }

    /** What the client's credentials subscribe it to. */
    void begin() {
        session.toJoin().forEach(this::begin);
    }

    private void begin(String topic) {
        joined(topic, session.subscribe(topic, new TopicStart.Now()), () -> begin(topic));
    }

    @Override
    public void writable() {
        session.writable();
    }

    @Override
    public void join(String topic) {
        joined(topic, session.join(topic), () -> join(topic));
    }

    private void joined(String topic, Subscribing subscribing, Runnable again) {
        switch (subscribing) {
            case Subscribing.Refused(RouteError error) -> connection.answer(ServerFrames.error(null, error));
            case Subscribing.Subscribed subscribed -> {
                Position after = new Position(subscribed.topic().epoch(), subscribed.after());
                byte[] told = TopicFrames.joined(topic, after, subscribed.recovered());
                connection.subscribe(subscribed.topic(), subscribed.after(), told);
            }
            case Subscribing.Later(CompletionStage<Optional<RouteError>> ready) -> {
                var _ = ready.thenAccept(refusal -> connection.onLoop(() -> joined(refusal, again)));
            }
        }
    }

    private void joined(Optional<RouteError> refusal, Runnable again) {
        if (refusal.isPresent()) {
            connection.answer(ServerFrames.error(null, refusal.get()));
        } else {
            again.run();
        }
    }

    @Override
    public void leave(String topic) {
        if (session.unsubscribe(topic)) {
            connection.drop(topic);
            connection.answer(TopicFrames.left(topic));
        }
    }

    private void unsubscribe(ClientFrame.Unsubscribe frame) {
        String topic = frame.topic().name();
        if (!session.unsubscribe(topic)) {
            error(frame.id(), ErrorCode.MALFORMED, "this session does not subscribe to topic " + topic);
            return;
        }
        connection.drop(topic);
        if (frame.id() != null) {
            connection.answer(ServerFrames.ok(frame.id()));
        }
    }

    private void presence(ClientFrame.Presence frame) {
        presence(frame, session.presence(frame.topic().name()));
    }

    private void presence(ClientFrame.Presence frame, Presence presence) {
        switch (presence) {
            case Presence.Refused(RouteError error) -> connection.answer(ServerFrames.error(frame.id(), error));
            case Presence.Present(List<String> users, int count, boolean _) ->
                connection.answer(TopicFrames.presence(frame.id(), frame.topic().name(), users, count));
            case Presence.Later(CompletionStage<Presence> outcome) -> {
                var _ = outcome.thenAccept(known -> presence(frame, known));
            }
        }
    }

    private void published(@Nullable String id, Address.Topic topic, Publishing publishing) {
        switch (publishing) {
            case Publishing.Refused(RouteError error) -> connection.answer(ServerFrames.error(id, error));
            case Publishing.Published(Position position, boolean repeated) ->
                ok(id, known -> TopicFrames.published(known, topic.name(), position, repeated));
            case Publishing.Passed() -> ok(id, ServerFrames::ok);
            case Publishing.Later(CompletionStage<Publishing> outcome) -> {
                var _ = outcome.thenAccept(known -> published(id, topic, known));
            }
        }
    }

    private void ok(@Nullable String id, Function<String, byte[]> frame) {
        if (id != null) {
            connection.answer(frame.apply(id));
        }
    }

    private void error(@Nullable String id, ErrorCode code, String message) {
        connection.answer(ServerFrames.error(id, new RouteError(code, Optional.empty(), message)));
    }
}
