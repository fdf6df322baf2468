package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The router: what is let in, who is connected, and the lifecycle; {@link Routing} does the rest. It has no thread of its
 * own for messages. A message is routed on the thread that sends it, which is what keeps the order, and nobody waits for
 * anybody on the way.
 */
final class MessageRouter implements Router, ClientGateway {
    private static final Duration DRAIN_POLL = Duration.ofMillis(1);

    private final RouterOptions options;
    private final RouterListener listener;
    private final InstantSource clock;
    private final Limits limits;
    private final Users users;
    private final Deadlines deadlines;
    private final Requests requests;
    private final Acknowledgements acknowledgements;
    private final Topics topics;
    private final LogicTable logics;
    private final MiddlewareChain receiving;
    private final MiddlewareChain sending;
    private final Routing routing;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile Authorizer authorizer = Authorizer.WITHOUT_TOPICS;
    private volatile boolean draining;
    private volatile boolean closed;

    MessageRouter(RouterOptions options, RouterListener listener, InstantSource clock) {
        this.options = options;
        this.listener = new SafeListener(listener);
        this.clock = clock;
        this.limits = new Limits(options);
        this.users = new Users(id -> new User(id, options, this.listener));
        this.deadlines = new Deadlines(clock);
        this.requests = new Requests(options.maxRequests(), deadlines);
        this.acknowledgements = new Acknowledgements(options.acknowledgements(), users, deadlines, this.listener);
        this.topics = new Topics(options.topics(), clock, deadlines);
        this.logics = new LogicTable(this, requests, this.listener);
        this.receiving = new MiddlewareChain(this.listener);
        this.sending = new MiddlewareChain(this.listener);
        this.routing = new Routing(users, logics, requests, acknowledgements, topics, sending, this.listener);
    }

    InstantSource clock() {
        return clock;
    }

    @Override
    public void authorize(Authorizer changed) {
        authorizer = changed;
    }

    @Override
    public Topic everyone() {
        return topics.everyone();
    }

    @Override
    public int maxPayloadBytes() {
        return options.maxPayloadBytes();
    }

    @Override
    public int maxEncodedBytes() {
        return options.maxEncodedBytes();
    }

    @Override
    public void attach(Endpoint endpoint) {
        if (closing.get()) {
            throw new IllegalStateException("the router is shutting down and takes no new endpoint");
        }
        endpoint.start(this);
        routing.endpoints().add(endpoint);
    }

    @Override
    public void add(String name, Logic logic) {
        logics.add(name, logic);
    }

    @Override
    public boolean remove(String name) {
        return logics.remove(name);
    }

    @Override
    public void onReceive(Middleware middleware) {
        receiving.add(middleware);
    }

    @Override
    public void onSend(Middleware middleware) {
        sending.add(middleware);
    }

    @Override
    public SendReport send(Message message) {
        return send(fromServer(message));
    }

    @Override
    public CompletionStage<Message> request(Message message, Duration within) {
        return request(fromServer(message), within, null);
    }

    @Override
    public CompletionStage<AckResult> sendAcknowledged(Message message, Duration within) {
        return sendAcknowledged(fromServer(message), within, null);
    }

    SendReport receive(Message message, LiveSession session) {
        return send(fromClient(message, session));
    }

    CompletionStage<Message> receiveRequest(Message message, Duration within, LiveSession session) {
        return request(fromClient(message, session), within, session);
    }

    CompletionStage<AckResult> receiveAcknowledged(Message message, Duration within, LiveSession session) {
        return sendAcknowledged(fromClient(message, session), within, session);
    }

    @Nullable
    Address requester(UUID request) {
        return requests.requester(request);
    }

    boolean acknowledged(LiveSession session, UUID message, AckResult result) {
        return acknowledgements.answer(session, message, result);
    }

    /** A message at the entrance, and what stops it there, if anything does. */
    private record Entrant(Message message, @Nullable RouteError error) {}

    private Entrant fromServer(Message message) {
        return new Entrant(message, closed ? RouteError.closing() : limits.check(message));
    }

    private Entrant fromClient(Message message, LiveSession session) {
        listener.received(message);
        // While draining, replies are still wanted: they are what somebody inside waits for.
        boolean unwanted = draining && !(message.intent() instanceof Intent.Reply);
        RouteError error = unwanted ? RouteError.closing() : limits.check(message);
        if (error != null) {
            return new Entrant(message, error);
        }
        return switch (receiving.apply(message)) {
            case Decision.Accept(Message seen) -> new Entrant(seen, forbidden(seen, session));
            case Decision.Reject(String reason) -> new Entrant(message, RouteError.rejected(reason));
        };
    }

    /** The first target that the user may not send to. Replies go to whoever asked, and need no permission. */
    private @Nullable RouteError forbidden(Message message, LiveSession session) {
        if (message.intent() instanceof Intent.Reply) {
            return null;
        }
        for (Address target : message.targets()) {
            RouteError error = forbidden(session, operation(target), target);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private static Authorizer.Operation operation(Address target) {
        return target instanceof Address.Topic ? Authorizer.Operation.PUBLISH : Authorizer.Operation.SEND;
    }

    private @Nullable RouteError forbidden(LiveSession session, Authorizer.Operation operation, Address address) {
        try {
            return authorizer.allows(session.principal(), operation, address)
                    ? null
                    : RouteError.forbidden(operation, address);
        } catch (Throwable e) {
            listener.logicFailed("authorizer", e);
            return RouteError.forbidden(operation, address);
        }
    }

    ClientSession.Publishing receivePublication(Message message, @Nullable String key, LiveSession session) {
        Entrant entrant = fromClient(message, session);
        RouteError error = entrant.error();
        if (error == null && entrant.message().targets().getFirst() instanceof Address.Topic topic) {
            return routing.publish(entrant.message(), topic, key);
        }
        return routing.refusePublishing(
                entrant.message(),
                error == null ? RouteError.of(ErrorCode.MALFORMED, "a message is published to one topic") : error);
    }

    /** Lets a session in, unless it may not, or there are as many topics as there may be. */
    Optional<Topics.Joined> join(Address.Topic topic, TopicStart from) {
        return topics.join(topic.name(), from);
    }

    @Nullable
    RouteError mayNotSubscribe(LiveSession session, Address.Topic topic) {
        return draining ? RouteError.closing() : forbidden(session, Authorizer.Operation.SUBSCRIBE, topic);
    }

    RouterOptions.Topics topicOptions() {
        return options.topics();
    }

    @Override
    public List<TopicInfo> topics() {
        return topics.list();
    }

    @Override
    public Optional<TopicInfo> topic(String name) {
        return topics.find(name);
    }

    private SendReport send(Entrant entrant) {
        Message message = entrant.message();
        if (entrant.error() == null) {
            return routing.route(message);
        }
        return message.intent() instanceof Intent.Reply reply
                ? routing.refuseReply(message, reply.request(), entrant.error())
                : routing.refuse(message, entrant.error());
    }

    private CompletableFuture<Message> request(Entrant entrant, Duration within, @Nullable LiveSession session) {
        RouteError error = entrant.error() != null ? entrant.error() : checkWait(within);
        if (error != null) {
            routing.refuse(entrant.message(), error);
            return CompletableFuture.failedFuture(new RequestException(error));
        }
        return unlessClosed(routing.ask(entrant.message(), after(within), session));
    }

    private CompletableFuture<AckResult> sendAcknowledged(
            Entrant entrant, Duration within, @Nullable LiveSession session) {
        RouteError error = entrant.error() != null ? entrant.error() : checkWait(within);
        return error != null
                ? CompletableFuture.completedFuture(routing.refuseAck(entrant.message(), error))
                : unlessClosed(routing.confirm(entrant.message(), after(within), session));
    }

    private static @Nullable RouteError checkWait(Duration within) {
        return within.isPositive()
                ? null
                : RouteError.of(ErrorCode.MALFORMED, "the time to wait must be greater than zero, not " + within);
    }

    private Instant after(Duration within) {
        return clock.instant().plus(within.compareTo(options.maxWait()) < 0 ? within : options.maxWait());
    }

    @Override
    public Admission connect(Principal principal, Connection connection) {
        if (draining) {
            return new Admission.Refused(CloseReason.RESTARTING);
        }
        return users.with(principal.user(), user -> {
            LiveSession session = new LiveSession(principal, user, connection, this);
            // Before it is its user's: from then on, another thread may replace and remove it.
            users.add(session);
            Optional<User.Joined> joined = user.join(session);
            if (joined.isEmpty() || !joined.get().joined()) {
                users.remove(session);
            }
            return joined.map(each -> admission(session, each));
        });
    }

    private Admission admission(LiveSession session, User.Joined joined) {
        if (!joined.joined()) {
            return new Admission.Refused(CloseReason.TOO_MANY_SESSIONS);
        }
        LiveSession replaced = joined.replaced();
        if (replaced != null) {
            replaced.close(CloseReason.REPLACED);
            ended(replaced);
        }
        session.user().tellAndPump();
        return new Admission.Admitted(session);
    }

    void disconnected(LiveSession session, CloseReason reason) {
        if (session.user().leave(session, reason)) {
            ended(session);
            session.user().tellAndPump();
            users.retire(session.user());
        }
    }

    /** A session is out of its user's list: what it waited for, and what waited for it, ends. */
    private void ended(LiveSession session) {
        users.remove(session);
        session.end();
        acknowledgements.gone(session);
        requests.gone(session.address());
        if (session.user().sessions().isEmpty()) {
            requests.gone(session.user().address());
        }
    }

    @Override
    public int connected() {
        return users.connected();
    }

    @Override
    public List<SessionInfo> sessions() {
        return users.sessions().stream().map(LiveSession::info).toList();
    }

    @Override
    public List<SessionInfo> sessions(String user) {
        User found = users.find(user);
        return found == null
                ? List.of()
                : found.sessions().stream().map(LiveSession::info).toList();
    }

    @Override
    public Optional<SessionInfo> session(UUID id) {
        return Optional.ofNullable(users.session(id)).map(LiveSession::info);
    }

    @Override
    public boolean disconnect(String user, CloseReason reason) {
        User found = users.find(user);
        List<LiveSession> sessions = found == null ? List.of() : found.sessions();
        sessions.forEach(session -> session.close(reason));
        return !sessions.isEmpty();
    }

    @Override
    public boolean disconnect(UUID id, CloseReason reason) {
        LiveSession session = users.session(id);
        if (session == null) {
            return false;
        }
        session.close(reason);
        return true;
    }

    @Override
    public boolean drain(Duration deadline) throws InterruptedException {
        draining = true;
        long start = System.nanoTime();
        while (logics.pending() > 0) {
            if (System.nanoTime() - start >= deadline.toNanos()) {
                return false;
            }
            Thread.sleep(DRAIN_POLL);
        }
        return true;
    }

    @Override
    public void admit() {
        if (!closing.get()) {
            draining = false;
        }
        // Race: it may have begun to close between the two.
        if (closing.get()) {
            draining = true;
        }
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        routing.endpoints().forEach(Endpoint::stopAccepting);
        drainBeforeClosing();
        closed = true;
        routing.endpoints().forEach(Endpoint::close);
        logics.stop();
        endWaiting();
        deadlines.close();
    }

    private void endWaiting() {
        requests.failAll(RouteError.closing());
        acknowledgements.closeAll();
    }

    /** Race: something may begin to wait just after close() ended all that waited. */
    private <T> T unlessClosed(T waiting) {
        if (closed) {
            endWaiting();
        }
        return waiting;
    }

    private void drainBeforeClosing() {
        try {
            drain(options.drain());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
