package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A connected session. Thread-safe. */
final class LiveSession implements ClientSession {

    /** Something that the session waits for, and that ends with it. */
    interface Wait {
        /** What it counts for. */
        int bytes();

        /** Nobody waits any more. */
        void abandon();
    }

    private final Address.Session address;
    private final User user;
    private final Principal principal;
    private final Connection connection;
    private final MessageRouter router;
    private final long connectedAt;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private final Subscriptions subscriptions = new Subscriptions();
    private volatile boolean ended;
    private volatile long lastMessageAt;

    LiveSession(Principal principal, User user, Connection connection, MessageRouter router) {
        this.address = new Address.Session(principal.user(), MessageId.next());
        this.user = user;
        this.principal = principal;
        this.connection = connection;
        this.router = router;
        this.connectedAt = router.clock().millis();
        this.lastMessageAt = connectedAt;
    }

    Address.Session address() {
        return address;
    }

    User user() {
        return user;
    }

    Principal principal() {
        return principal;
    }

    /** False if it has no room, and then it is told once it has. */
    boolean offer(Message message) {
        return connection.offer(message);
    }

    void close(CloseReason reason) {
        connection.close(reason);
    }

    /** Begins to wait within the user's quota; otherwise says why not. */
    @Nullable
    RouteError begin(Wait wait) {
        if (!user.quota().take(wait.bytes())) {
            return RouteError.of(
                    ErrorCode.OVERLOADED,
                    "client " + address.user() + " waits for as many replies and acknowledgements as it may, or for as"
                            + " many bytes of them; send again once some have come");
        }
        waits.add(wait);
        // Race: end() may have gone through the waits just before this one was added.
        return ended && finish(wait) ? RouteError.gone(address) : null;
    }

    /** True for the caller that ended it. */
    boolean finish(Wait wait) {
        boolean waited = waits.remove(wait);
        if (waited) {
            user.quota().give(wait.bytes());
        }
        return waited;
    }

    /** The connection is gone, and with it all that it waited for. */
    void end() {
        ended = true;
        List.copyOf(waits).forEach(Wait::abandon);
        subscriptions.close();
    }

    @Override
    public SessionInfo info() {
        return new SessionInfo(
                address.id(),
                address.user(),
                principal.metadata(),
                connection.remoteAddress(),
                Instant.ofEpochMilli(connectedAt),
                Instant.ofEpochMilli(lastMessageAt));
    }

    @Override
    public SendReport send(Draft draft) {
        return router.receive(message(draft), this);
    }

    @Override
    public CompletionStage<Message> request(Draft draft, Duration within) {
        return router.receiveRequest(message(draft), within, this);
    }

    @Override
    public SendReport reply(UUID request, Payload payload, Map<String, String> headers) {
        Address requester = router.requester(request);
        if (requester == null) {
            touch();
            return SendReport.failed(request, RouteError.unknownRequest(request, user.address()));
        }
        Message reply = message(new Draft(List.of(requester), payload, headers));
        return router.receive(reply.withIntent(new Intent.Reply(request)), this);
    }

    @Override
    public CompletionStage<AckResult> sendAcknowledged(Draft draft, Duration within) {
        return router.receiveAcknowledged(message(draft), within, this);
    }

    @Override
    public boolean acknowledge(UUID message) {
        touch();
        return router.acknowledged(this, message, new AckResult.Acked());
    }

    @Override
    public boolean refuse(UUID message, String reason) {
        touch();
        RouteError error = RouteError.to(
                user.address(), ErrorCode.REJECTED, "the client refused the message: " + Strings.excerpt(reason));
        return router.acknowledged(this, message, new AckResult.Rejected(error));
    }

    @Override
    public void writable() {
        user.pump();
    }

    @Override
    public Subscribing subscribe(String name, TopicStart from) {
        touch();
        Address.Topic topic = Address.topic(name);
        RouteError error = router.mayNotSubscribe(this, topic);
        return error == null
                ? subscriptions.add(topic, router.topicOptions().perSession(), () -> router.join(topic, from))
                : new Subscribing.Refused(error);
    }

    @Override
    public boolean unsubscribe(String topic) {
        touch();
        return subscriptions.remove(topic);
    }

    @Override
    public Publishing publish(Draft draft, Optional<String> key) {
        // The key is the user's own: nobody can use up a name before somebody else does.
        String own = key.map(given -> address.user() + " " + given).orElse(null);
        return router.receivePublication(message(draft), own, this);
    }

    @Override
    public void disconnected(CloseReason reason) {
        router.disconnected(this, reason);
    }

    private Message message(Draft draft) {
        touch();
        Message message =
                Message.of(user.address(), draft.targets(), draft.payload()).withOrigin(address);
        return draft.headers().isEmpty() ? message : message.withHeaders(draft.headers());
    }

    private void touch() {
        lastMessageAt = router.clock().millis();
    }
}
