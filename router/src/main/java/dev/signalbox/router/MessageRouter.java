package dev.signalbox.router;

import dev.signalbox.router.Entrance.Entrant;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The router: {@link Entrance} decides what is let in, {@link SessionLifecycle} who is there, and {@link Routing} does the rest.
 * It has no thread of its own for messages. A message is routed on the thread that sends it, which is what keeps the order, and nobody waits for
 * anybody on the way.
 */
final class MessageRouter implements Router, ClientGateway {
    private static final Duration DRAIN_POLL = Duration.ofMillis(1);

    private final RouterOptions options;
    private final InstantSource clock;
    private final Entrance entrance;
    private final Users users;
    private final Bans bans;
    private final SessionLifecycle life;
    private final Deadlines deadlines;
    private final Requests requests;
    private final Acknowledgements acknowledgements;
    private final Topics topics;
    private final LogicTable logics;
    private final MiddlewareChain sending;
    private final Routing routing;
    private final SafeListener listener;
    private final Gate gate;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile @Nullable ClusterMember cluster;

    MessageRouter(RouterOptions options, RouterListener unsafe, InstantSource clock) {
        this.listener = new SafeListener(unsafe);
        this.gate = new Gate(listener);
        RouterOptions.Resume resume = options.resume();
        Budget.Share held = new Budget.Share(resume.maxMessages(), resume.maxBytes());
        this.options = options;
        this.clock = clock;
        this.entrance = new Entrance(new Limits(options), listener);
        this.users = new Users(id -> new User(id, options, held, listener));
        this.bans = new Bans(clock);
        this.deadlines = new Deadlines(clock);
        this.requests = new Requests(options.maxRequests(), deadlines);
        this.acknowledgements = new Acknowledgements(options.acknowledgements(), users, deadlines, listener);
        this.topics = new Topics(options.topics(), clock, deadlines);
        this.logics = new LogicTable(this, requests, listener);
        this.sending = new MiddlewareChain(listener);
        this.routing = new Routing(users, logics, requests, acknowledgements, topics, sending, listener);
        this.life = new SessionLifecycle(resume, users, topics.everyone(), requests, acknowledgements, deadlines, this);
    }

    InstantSource clock() {
        return clock;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    RouterOptions.Sessions sessionOptions() {
        return options.sessions();
    }

    Topics topicTable() {
        return topics;
    }

    Bans bans() {
        return bans;
    }

    SessionLifecycle life() {
        return life;
    }

    Gate gate() {
        return gate;
    }

    @Override
    public void gate(Gatekeeper gatekeeper) {
        gate.keeper(gatekeeper);
    }

    /** Whether the session may publish to all topics among the targets, as far as that is known here. */
    boolean mayPublish(LiveSession session, Draft draft) {
        return draft.targets().stream()
                .allMatch(target -> !(target instanceof Address.Topic topic) || entrance.mayPublish(session, topic));
    }

    @Override
    public void authorize(Authorizer changed) {
        entrance.authorize(changed);
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
    public Cluster join(ClusterLink link, ClusterOptions joining) {
        return join(link, joining, Optional.empty());
    }

    @Override
    public Cluster join(ClusterLink link, ClusterOptions joining, TopicHistory history) {
        return join(link, joining, Optional.of(history));
    }

    private synchronized Cluster join(ClusterLink link, ClusterOptions joining, Optional<TopicHistory> history) {
        if (cluster != null || !routing.endpoints().isEmpty() || closing.get()) {
            throw new IllegalStateException("a router joins one cluster, once, and before its first endpoint");
        }
        ClusterMember member = new ClusterMember(
                link,
                joining,
                new ClusterParts(
                        this,
                        users,
                        logics,
                        requests,
                        acknowledgements,
                        topics,
                        routing,
                        entrance,
                        deadlines,
                        listener,
                        clock),
                history);
        listener.announces(member.announcer());
        topics.follow(member.interest());
        routing.joined(member);
        cluster = member;
        member.start();
        return member;
    }

    @Override
    public Optional<Cluster> cluster() {
        return Optional.ofNullable(cluster);
    }

    /** Other nodes are told at once what they learn with the next heartbeat otherwise. */
    private void tellCluster() {
        Optional.ofNullable(cluster).ifPresent(ClusterMember::tellBeat);
    }

    @Override
    public void add(String name, Logic logic) {
        logics.add(name, logic);
        tellCluster();
    }

    @Override
    public boolean remove(String name) {
        boolean removed = logics.remove(name);
        tellCluster();
        return removed;
    }

    @Override
    public void onReceive(Middleware middleware) {
        entrance.receiving().add(middleware);
    }

    @Override
    public void onSend(Middleware middleware) {
        sending.add(middleware);
    }

    @Override
    public SendReport send(Message message) {
        return send(entrance.fromServer(message));
    }

    @Override
    public CompletionStage<Message> request(Message message, Duration within) {
        return request(entrance.fromServer(message), within, null);
    }

    @Override
    public CompletionStage<AckResult> sendAcknowledged(Message message, Duration within) {
        return sendAcknowledged(entrance.fromServer(message), within, null);
    }

    SendReport receive(Message message, LiveSession session) {
        return send(entrance.fromClient(message, session));
    }

    CompletionStage<Message> receiveRequest(Message message, Duration within, Attachment sender) {
        return request(entrance.fromClient(message, sender.session()), within, sender);
    }

    CompletionStage<AckResult> receiveAcknowledged(Message message, Duration within, Attachment sender) {
        return sendAcknowledged(entrance.fromClient(message, sender.session()), within, sender);
    }

    @Nullable
    Address requester(UUID request) {
        return requests.requester(request);
    }

    boolean acknowledged(LiveSession session, UUID message, AckResult result) {
        return acknowledgements.answer(session, message, result);
    }

    @Override
    public ClientSession.Publishing publish(Message message, Optional<String> key) {
        // A user's key begins with the user's id, which is not empty.
        String own = key.map(given -> " " + given).orElse(null);
        return publish(entrance.fromServer(message), (admitted, topic) -> routing.publish(admitted, topic, own));
    }

    @Override
    public ClientSession.Publishing publishVolatile(Message message) {
        return publish(entrance.fromServer(message), routing::publishVolatile);
    }

    @Override
    public Optional<Topic.Kept> read(String topic, long after, int maxBytes) {
        return topics.read(topic, after, maxBytes);
    }

    ClientSession.Publishing receivePublication(Message message, @Nullable String key, LiveSession session) {
        return publish(
                entrance.fromClient(message, session), (admitted, topic) -> routing.publish(admitted, topic, key));
    }

    ClientSession.Publishing receiveVolatile(Message message, LiveSession session) {
        return publish(entrance.fromClient(message, session), routing::publishVolatile);
    }

    private ClientSession.Publishing publish(
            Entrant entrant, BiFunction<Message, Address.Topic, ClientSession.Publishing> how) {
        RouteError error = entrant.error();
        boolean one = entrant.message().targets().size() == 1;
        if (error == null && one && entrant.message().targets().getFirst() instanceof Address.Topic topic) {
            return how.apply(entrant.message(), topic);
        }
        return routing.refusePublishing(
                entrant.message(),
                error == null ? RouteError.of(ErrorCode.MALFORMED, "a message is published to one topic") : error);
    }

    /** Lets a session in, unless it may not, or there are as many topics as there may be. */
    ClientSession.Subscribing subscribe(LiveSession session, String name, TopicStart from) {
        Address.Topic topic = Address.topic(name);
        RouteError error = mayNotSubscribe(session, topic);
        return error == null
                ? session.subscriptions()
                        .add(topic, options.topics().perSession(), loaded -> topics.join(topic, from, session, loaded))
                : new ClientSession.Subscribing.Refused(error);
    }

    /** Lets a session in by the server's wish. */
    ClientSession.Subscribing join(LiveSession session, Address.Topic topic) {
        return session.subscriptions()
                .choose(
                        topic,
                        options.topics().perSession(),
                        loaded -> topics.join(topic, new TopicStart.Now(), session, loaded));
    }

    @Override
    public boolean subscribe(UUID id, String topic) {
        Address.Topic known = Address.topic(topic);
        LiveSession session = users.session(id);
        boolean waits = session != null && session.isDetached() && joins(session, known);
        // Race: its client may have come back just before it had the topic, and then the new connection does not follow
        // it.
        return session != null
                && (session.isDetached()
                        ? waits
                        : session.attachment().connection().subscribe(topic));
    }

    /** Whether it has the topic, or will have it once its history is read. */
    private boolean joins(LiveSession session, Address.Topic topic) {
        return switch (join(session, topic)) {
            case ClientSession.Subscribing.Subscribed _ -> true;
            case ClientSession.Subscribing.Refused _ -> false;
            case ClientSession.Subscribing.Later(CompletionStage<Optional<RouteError>> ready) -> {
                var _ = ready.thenAccept(refusal -> {
                    if (refusal.isEmpty()) {
                        join(session, topic);
                    }
                });
                yield true;
            }
        };
    }

    @Override
    public boolean unsubscribe(UUID id, String topic) {
        LiveSession session = users.session(id);
        boolean waited = session != null
                && session.isDetached()
                && session.subscriptions().remove(topic);
        return session != null
                && (session.isDetached()
                        ? waited
                        : session.attachment().connection().unsubscribe(topic));
    }

    ClientSession.Presence presence(LiveSession session, String name) {
        Address.Topic topic = Address.topic(name);
        RouteError error = mayNotSubscribe(session, topic);
        return error == null ? topics.presence(topic) : new ClientSession.Presence.Refused(error);
    }

    @Nullable
    RouteError mayNotSubscribe(LiveSession session, Address.Topic topic) {
        return entrance.mayNotSubscribe(session, topic);
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

    private CompletableFuture<Message> request(Entrant asked, Duration within, @Nullable Attachment sender) {
        Entrant entrant = asked.check(checkWait(within));
        RouteError error = entrant.error();
        if (error != null) {
            routing.refuse(entrant.message(), error);
            return CompletableFuture.failedFuture(new RequestException(error));
        }
        return unlessClosed(routing.ask(entrant.message(), after(within), sender));
    }

    private CompletableFuture<AckResult> sendAcknowledged(Entrant asked, Duration within, @Nullable Attachment sender) {
        Entrant entrant = asked.check(checkWait(within));
        RouteError error = entrant.error();
        return error != null
                ? CompletableFuture.completedFuture(routing.refuseAck(entrant.message(), error))
                : unlessClosed(routing.confirm(entrant.message(), after(within), sender));
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
    public Admission connect(Principal principal, Connection connection, SessionStart start) {
        if (entrance.isDraining()) {
            return new Admission.Refused(CloseReason.RESTARTING);
        }
        if (bans.end(principal.user()).isPresent()) {
            return new Admission.Refused(CloseReason.REMOVED);
        }
        ClusterMember member = cluster;
        if (member != null && !comesBack(start) && member.limits().isFull(principal.user())) {
            return new Admission.Refused(CloseReason.TOO_MANY_SESSIONS);
        }
        Admission admission = life.connect(principal, connection, start);
        if (member != null) {
            member.limits().check(principal.user());
        }
        // Race: ban() may have closed the user's sessions just before this one was among them.
        if (bans.end(principal.user()).isPresent()) {
            connection.close(CloseReason.REMOVED);
        }
        return admission;
    }

    @Override
    public CompletionStage<Void> fetch(Principal principal, SessionStart start) {
        ClusterMember member = cluster;
        ClusterRegistry.Located located = member == null ? null : wanted(member, start);
        boolean isWelcome = !entrance.isDraining() && bans.end(principal.user()).isEmpty();
        if (member == null
                || located == null
                || !isWelcome
                || !located.session().user().equals(principal.user())
                || !(start instanceof SessionStart.Resume resume)) {
            return CompletableFuture.completedFuture(null);
        }
        Address.Session address = located.session().address();
        // Before it is asked for: what is sent to all from now on is sent to it here.
        Position all = topics.everyone().position();
        return member.moves()
                .fetch(located.node(), address, resume.token())
                .thenCompose(moved -> moved.isPresent()
                        ? life.adopt(principal, address, resume, moved.get(), all)
                        : CompletableFuture.completedFuture(null));
    }

    private ClusterRegistry.@Nullable Located wanted(ClusterMember member, SessionStart start) {
        UUID id = start instanceof SessionStart.Resume resume
                ? LiveSession.idIn(resume.token()).orElse(null)
                : null;
        return id == null || users.session(id) != null
                ? null
                : member.registry().session(id);
    }

    private boolean comesBack(SessionStart start) {
        return start instanceof SessionStart.Resume resume
                && LiveSession.idIn(resume.token()).map(users::session).isPresent();
    }

    @Override
    public boolean ban(String user, Instant end) {
        Address.client(user);
        boolean banned = bans.add(user, end);
        if (banned) {
            disconnect(user, CloseReason.REMOVED);
        }
        return banned;
    }

    @Override
    public Optional<Instant> bannedUntil(String user) {
        return bans.end(user);
    }

    @Override
    public boolean unban(String user) {
        return bans.lift(user);
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
    public List<String> subscriptions(UUID id) {
        LiveSession session = users.session(id);
        return session == null ? List.of() : session.subscriptions().names();
    }

    @Override
    public boolean disconnect(String user, CloseReason reason) {
        ClusterMember member = cluster;
        boolean elsewhere = member != null
                && member.disconnect(Address.client(user), member.registry().nodesOf(user), reason);
        return disconnectHere(user, reason) || elsewhere;
    }

    @Override
    public boolean disconnect(UUID id, CloseReason reason) {
        return disconnectHere(id, reason) || disconnectElsewhere(id, reason);
    }

    private boolean disconnectElsewhere(UUID id, CloseReason reason) {
        ClusterMember member = cluster;
        ClusterRegistry.Located located =
                member == null ? null : member.registry().session(id);
        return member != null
                && located != null
                && member.disconnect(located.session().address(), List.of(located.node()), reason);
    }

    boolean disconnectHere(String user, CloseReason reason) {
        User found = users.find(user);
        List<LiveSession> sessions = found == null ? List.of() : found.sessions();
        sessions.forEach(session -> session.close(reason));
        return !sessions.isEmpty();
    }

    boolean disconnectHere(UUID id, CloseReason reason) {
        LiveSession session = users.session(id);
        if (session == null) {
            return false;
        }
        session.close(reason);
        return true;
    }

    @Override
    public boolean drain(Duration deadline) throws InterruptedException {
        entrance.drain(true);
        tellCluster();
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
            entrance.drain(false);
        }
        // Race: it may have begun to close between the two.
        if (closing.get()) {
            entrance.drain(true);
        }
        tellCluster();
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        routing.endpoints().forEach(Endpoint::stopAccepting);
        drainBeforeClosing();
        entrance.close();
        routing.endpoints().forEach(Endpoint::close);
        life.endDetached();
        logics.stop();
        endWaiting();
        Optional.ofNullable(cluster).ifPresent(ClusterMember::close);
        deadlines.close();
    }

    private void endWaiting() {
        requests.failAll(RouteError.closing());
        acknowledgements.closeAll();
    }

    /** Race: something may begin to wait just after close() ended all that waited. */
    private <T> T unlessClosed(T waiting) {
        if (entrance.isClosed()) {
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
