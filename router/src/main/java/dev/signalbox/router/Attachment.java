package dev.signalbox.router;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One connection's hold on a session. Once another connection has resumed the session, what still comes from this one is refused,
 * so that nothing of it overtakes what the client sent since. Thread-safe.
 */
final class Attachment implements ClientSession {

    /** Something that the client waits for, and that ends with its connection. */
    interface Wait {
        /** What it counts for. */
        int bytes();

        /** Nobody waits any more. */
        void abandon();
    }

    /** In place of an object for each connection. */
    private static final AtomicIntegerFieldUpdater<Attachment> OVER =
            AtomicIntegerFieldUpdater.newUpdater(Attachment.class, "over");

    private final LiveSession session;
    private final Connection connection;
    private final MessageRouter router;
    /** Null until the client waits for something for the first time. */
    private volatile @Nullable Set<Wait> waits;

    /** Whether its endpoint has told its end; 1 if it has. */
    @SuppressWarnings("UnusedVariable") // by OVER
    private volatile int over;

    private volatile boolean ended;
    private volatile Optional<Resumption> resumption = Optional.empty();
    private volatile Deadlines.@Nullable Timer expiry;
    private volatile Deadlines.@Nullable Timer credentials;

    Attachment(LiveSession session, Connection connection, MessageRouter router) {
        this.session = session;
        this.connection = connection;
        this.router = router;
    }

    LiveSession session() {
        return session;
    }

    Connection connection() {
        return connection;
    }

    void resumption(Resumption known) {
        resumption = Optional.of(known);
    }

    /** Replaces the timer that ends the session if nobody comes back to it; null if none is needed. */
    void expires(Deadlines.@Nullable Timer timer) {
        Deadlines.Timer earlier = expiry;
        expiry = timer;
        if (earlier != null) {
            earlier.cancel();
        }
    }

    /** The timer that closes the connection when its token runs out. */
    void closes(Deadlines.Timer timer) {
        credentials = timer;
        // Race: it may have ended before the timer was there to be cancelled.
        if (ended) {
            timer.cancel();
        }
    }

    /** Begins to wait within the user's quota; otherwise says why not. */
    @Nullable
    RouteError begin(Wait wait) {
        if (!session.user().quota().take(wait.bytes())) {
            return RouteError.of(
                    ErrorCode.OVERLOADED,
                    "client " + session.address().user()
                            + " waits for as many replies and acknowledgements as it may, or for as many bytes of them;"
                            + " send again once some have come");
        }
        waits().add(wait);
        // Race: end() may have gone through the waits just before this one was added.
        return ended && finish(wait) ? RouteError.gone(session.address()) : null;
    }

    private Set<Wait> waits() {
        Set<Wait> known = waits;
        return known == null ? beginWaits() : known;
    }

    private synchronized Set<Wait> beginWaits() {
        Set<Wait> begun = waits == null ? ConcurrentHashMap.newKeySet() : waits;
        waits = begun;
        return begun;
    }

    /** True for the caller that ended it. */
    boolean finish(Wait wait) {
        boolean waited = waits().remove(wait);
        if (waited) {
            session.user().quota().give(wait.bytes());
        }
        return waited;
    }

    /** The connection is gone, and with it all that the client waited for. */
    void end() {
        ended = true;
        Optional.ofNullable(credentials).ifPresent(Deadlines.Timer::cancel);
        Set<Wait> known = waits;
        if (known != null) {
            List.copyOf(known).forEach(Wait::abandon);
        }
    }

    /** Why nothing more is taken from this connection; null if it is. */
    private @Nullable RouteError superseded() {
        return session.attachment() == this && !session.isHandedOver()
                ? null
                : RouteError.of(
                        ErrorCode.CLOSING, "the session goes on over another connection; send it over that one");
    }

    @Override
    public SessionInfo info() {
        return session.info();
    }

    @Override
    public Optional<Resumption> resumption() {
        return resumption;
    }

    @Override
    public SendReport send(Draft draft) {
        Message message = message(draft);
        RouteError refusal = superseded();
        return refusal == null ? router.receive(message, session) : SendReport.failed(message.id(), refusal);
    }

    @Override
    public CompletionStage<Message> request(Draft draft, Duration within) {
        RouteError refusal = superseded();
        return refusal == null
                ? router.exchanges().receiveRequest(message(draft), within, this)
                : CompletableFuture.failedFuture(new RequestException(refusal));
    }

    @Override
    public SendReport reply(UUID request, Payload payload, Map<String, String> headers) {
        session.touch();
        RouteError refusal = superseded();
        Address requester = router.requester(request);
        if (refusal != null) {
            return SendReport.failed(request, refusal);
        }
        if (requester == null) {
            return SendReport.failed(
                    request, RouteError.unknownRequest(request, session.user().address()));
        }
        Message reply = message(new Draft(List.of(requester), payload, headers));
        return router.receive(reply.withIntent(new Intent.Reply(request)), session);
    }

    @Override
    public CompletionStage<AckResult> sendAcknowledged(Draft draft, Duration within) {
        RouteError refusal = superseded();
        return refusal == null
                ? router.exchanges().receiveAcknowledged(message(draft), within, this)
                : CompletableFuture.completedFuture(new AckResult.Rejected(refusal));
    }

    @Override
    public boolean acknowledge(UUID message) {
        session.touch();
        return router.acknowledged(session, message, new AckResult.Acked());
    }

    @Override
    public boolean refuse(UUID id, String reason) {
        session.touch();
        String why = Strings.excerpt(reason);
        return router.acknowledged(session, id, new AckResult.Rejected(refusal("message", why)))
                || router.requests().refuse(id, session, refusal("request", why));
    }

    private RouteError refusal(String what, String why) {
        return RouteError.to(
                session.user().address(), ErrorCode.REJECTED, "the client refused the " + what + ": " + why);
    }

    @Override
    public void writable() {
        session.user().pump();
    }

    @Override
    public Subscribing subscribe(String topic, TopicStart from) {
        session.touch();
        RouteError refusal = superseded();
        return refusal == null ? router.access().subscribe(session, topic, from) : new Subscribing.Refused(refusal);
    }

    @Override
    public Optional<CompletionStage<Optional<RouteError>>> askToSubscribe(String topic) {
        Address.Topic known = Address.topic(topic);
        // Nobody is asked about what is refused anyway.
        return superseded() != null || router.access().mayNotSubscribe(session, known) != null
                ? Optional.empty()
                : router.gate().toSubscribe(session, known);
    }

    @Override
    public Optional<CompletionStage<Optional<RouteError>>> askToPublish(Draft draft) {
        return superseded() != null
                        || !router.gate().isKept()
                        || !router.access().mayPublish(session, draft)
                ? Optional.empty()
                : router.gate().toPublish(session, draft);
    }

    @Override
    public Subscribing join(String topic) {
        RouteError refusal = superseded();
        if (refusal != null) {
            // Race: the wish was for the session, which has another connection by now.
            router.subscribe(session.address().id(), topic);
            return new Subscribing.Refused(refusal);
        }
        return router.access().join(session, Address.topic(topic));
    }

    @Override
    public List<String> toJoin() {
        List<String> known = session.subscriptions().names();
        return session.principal().topics().join().stream()
                .filter(topic -> !known.contains(topic))
                .distinct()
                .toList();
    }

    @Override
    public boolean unsubscribe(String topic) {
        session.touch();
        return superseded() == null && session.subscriptions().remove(topic);
    }

    @Override
    public Presence presence(String topic) {
        session.touch();
        return router.access().presence(session, topic);
    }

    @Override
    public Publishing publish(Draft draft, Optional<String> key) {
        Message message = message(draft);
        RouteError refusal = superseded();
        // The key is the user's own: nobody can use up a name before somebody else does.
        String own = key.map(given -> session.address().user() + " " + given).orElse(null);
        return refusal == null
                ? router.access().receivePublication(message, own, session)
                : new Publishing.Refused(refusal);
    }

    @Override
    public Publishing publishVolatile(Draft draft) {
        Message message = message(draft);
        RouteError refusal = superseded();
        return refusal == null ? router.access().receiveVolatile(message, session) : new Publishing.Refused(refusal);
    }

    @Override
    public void lost(CloseReason reason, Map<String, Position> written) {
        if (OVER.compareAndSet(this, 0, 1)) {
            router.life().lost(this, reason, written);
        }
    }

    @Override
    public void disconnected(CloseReason reason) {
        if (OVER.compareAndSet(this, 0, 1)) {
            router.life().disconnected(this, reason);
        }
    }

    /** In one piece: each further copy would cost what the message itself does. */
    private Message message(Draft draft) {
        session.touch();
        return new Message(
                MessageId.next(),
                session.user().address(),
                Optional.of(session.address()),
                draft.targets(),
                draft.payload(),
                draft.headers(),
                Map.of(),
                Intent.TELL);
    }
}
