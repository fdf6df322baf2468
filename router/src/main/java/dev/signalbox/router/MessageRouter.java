package dev.signalbox.router;

import dev.signalbox.router.Entrance.Entrant;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The router, composed: {@link Entrance} decides what is let in, {@link Admissions} who may be there, {@link TopicAccess} what is done with
 * topics, {@link Exchanges} has those wait who ask, and {@link Routing} does the rest. It has no thread of its own for messages. A message is
 * routed on the thread that sends it, which is what keeps the order, and nobody waits for anybody on the way.
 */
final class MessageRouter implements Router {
    private static final Duration DRAIN_POLL = Duration.ofMillis(1);

    private final RouterParts parts;
    private final Entrance entrance;
    private final Bans bans;
    private final Gate gate;
    private final Routing routing;
    private final Exchanges exchanges;
    private final TopicAccess access;
    private final SessionLifecycle life;
    private final Admissions admissions;
    private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closing = new AtomicBoolean();

    MessageRouter(RouterOptions options, RouterListener unsafe, InstantSource clock) {
        SafeListener listener = new SafeListener(unsafe);
        RouterOptions.Resume resume = options.resume();
        Budget.Share held = new Budget.Share(resume.maxMessages(), resume.maxBytes());
        Deadlines deadlines = new Deadlines(clock);
        Users users = new Users(id -> new User(id, options, held, listener));
        Requests requests = new Requests(options.maxRequests(), users, deadlines);
        this.entrance = new Entrance(new Limits(options), listener);
        this.parts = new RouterParts(
                options,
                clock,
                listener,
                entrance,
                users,
                new LogicTable(this, requests, listener),
                deadlines,
                requests,
                new Acknowledgements(options.acknowledgements(), users, deadlines, listener),
                new Topics(options.topics(), clock, deadlines),
                new MiddlewareChain(listener),
                new Membership());
        this.bans = new Bans(clock);
        this.gate = new Gate(listener);
        TopicRouting topics = new TopicRouting(parts);
        this.routing = new Routing(parts, topics);
        this.exchanges = new Exchanges(parts, routing);
        this.access = new TopicAccess(parts, topics);
        this.life = new SessionLifecycle(parts, this);
        this.admissions = new Admissions(parts, bans, life);
    }

    InstantSource clock() {
        return parts.clock();
    }

    Deadlines deadlines() {
        return parts.deadlines();
    }

    RouterOptions.Sessions sessionOptions() {
        return parts.options().sessions();
    }

    Topics topicTable() {
        return parts.topics();
    }

    Bans bans() {
        return bans;
    }

    Requests requests() {
        return parts.requests();
    }

    Gate gate() {
        return gate;
    }

    Exchanges exchanges() {
        return exchanges;
    }

    TopicAccess access() {
        return access;
    }

    SessionLifecycle life() {
        return life;
    }

    Admissions admissions() {
        return admissions;
    }

    @Override
    public void gate(Gatekeeper gatekeeper) {
        gate.keeper(gatekeeper);
    }

    @Override
    public void authorize(Authorizer changed) {
        entrance.authorize(changed);
    }

    @Override
    public void attach(Endpoint endpoint) {
        if (closing.get()) {
            throw new IllegalStateException("the router is shutting down and takes no new endpoint");
        }
        endpoint.start(admissions);
        endpoints.add(endpoint);
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
        Membership membership = parts.membership();
        if (membership.member() != null || !endpoints.isEmpty() || closing.get()) {
            throw new IllegalStateException("a router joins one cluster, once, and before its first endpoint");
        }
        ClusterParts shared = new ClusterParts(
                this,
                parts.users(),
                parts.logics(),
                parts.requests(),
                parts.acknowledgements(),
                parts.topics(),
                routing,
                entrance,
                parts.deadlines(),
                parts.listener(),
                parts.clock());
        ClusterMember member = new ClusterMember(link, joining, shared, history);
        parts.listener().announces(member);
        parts.topics().follow(member.interest(), member.presence());
        membership.join(member);
        member.start();
        return member;
    }

    @Override
    public Optional<Cluster> cluster() {
        return Optional.ofNullable(parts.membership().member());
    }

    /** Other nodes are told at once what they learn with the next heartbeat otherwise. */
    private void tellCluster() {
        ClusterMember member = parts.membership().member();
        if (member != null) {
            member.tellBeat();
        }
    }

    @Override
    public void add(String name, Logic logic) {
        parts.logics().add(name, logic);
        tellCluster();
    }

    @Override
    public boolean remove(String name) {
        boolean removed = parts.logics().remove(name);
        tellCluster();
        return removed;
    }

    @Override
    public void onReceive(Middleware middleware) {
        entrance.receiving().add(middleware);
    }

    @Override
    public void onSend(Middleware middleware) {
        parts.sending().add(middleware);
    }

    @Override
    public SendReport send(Message message) {
        RouteError error = entrance.refusal(message);
        return error == null ? routing.route(message) : refuse(message, error);
    }

    SendReport receive(Message message, LiveSession session) {
        Entrant entrant = entrance.fromClient(message, session);
        return entrant.error() == null ? routing.route(entrant.message()) : refuse(entrant.message(), entrant.error());
    }

    private SendReport refuse(Message message, RouteError error) {
        return message.intent() instanceof Intent.Reply reply
                ? routing.refuseReply(message, reply.request(), error)
                : routing.refuse(message, error);
    }

    @Override
    public CompletionStage<Message> request(Message message, Duration within) {
        return exchanges.request(message, within);
    }

    @Override
    public CompletionStage<AckResult> sendAcknowledged(Message message, Duration within) {
        return exchanges.sendAcknowledged(message, within);
    }

    @Nullable
    Address requester(UUID request) {
        return parts.requests().requester(request);
    }

    boolean acknowledged(LiveSession session, UUID message, AckResult result) {
        return parts.acknowledgements().answer(session, message, result);
    }

    @Override
    public ClientSession.Publishing publish(Message message, Optional<String> key) {
        return access.publish(message, key);
    }

    @Override
    public ClientSession.Publishing publishVolatile(Message message) {
        return access.publishVolatile(message);
    }

    @Override
    public ClientSession.Publishing publishWhereOpen(Message message) {
        return access.publishWhereOpen(message);
    }

    @Override
    public Optional<Topic.Kept> read(String topic, long after, int maxBytes) {
        return parts.topics().read(topic, after, maxBytes);
    }

    @Override
    public boolean subscribe(UUID session, String topic) {
        return access.wish(session, topic, true);
    }

    @Override
    public boolean unsubscribe(UUID session, String topic) {
        return access.wish(session, topic, false);
    }

    @Override
    public CompletionStage<ClientSession.Presence> presence(String topic, String after, int most) {
        return access.presence(topic, after, most);
    }

    @Override
    public List<TopicInfo> topics() {
        return parts.topics().list();
    }

    @Override
    public Optional<TopicInfo> topic(String name) {
        return parts.topics().find(name);
    }

    @Override
    public boolean ban(String user, Instant end) {
        return admissions.ban(user, end);
    }

    @Override
    public Optional<Instant> bannedUntil(String user) {
        return admissions.bannedUntil(user);
    }

    @Override
    public boolean unban(String user) {
        return admissions.unban(user);
    }

    @Override
    public boolean disconnect(String user, CloseReason reason) {
        return admissions.disconnect(user, reason);
    }

    @Override
    public boolean disconnect(UUID session, CloseReason reason) {
        return admissions.disconnect(session, reason);
    }

    @Override
    public int connected() {
        return parts.users().connected();
    }

    @Override
    public List<SessionInfo> sessions() {
        return parts.users().sessions().stream().map(LiveSession::info).toList();
    }

    @Override
    public List<SessionInfo> sessions(String user) {
        User found = parts.users().find(user);
        return found == null
                ? List.of()
                : found.sessions().stream().map(LiveSession::info).toList();
    }

    @Override
    public Optional<SessionInfo> session(UUID id) {
        return Optional.ofNullable(parts.users().session(id)).map(LiveSession::info);
    }

    @Override
    public List<String> subscriptions(UUID id) {
        LiveSession session = parts.users().session(id);
        return session == null ? List.of() : session.subscriptions().names();
    }

    @Override
    public boolean drain(Duration deadline) throws InterruptedException {
        entrance.drain(true);
        tellCluster();
        long start = System.nanoTime();
        while (parts.logics().pending() > 0) {
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
        endpoints.forEach(Endpoint::stopAccepting);
        drainBeforeClosing();
        entrance.close();
        endpoints.forEach(Endpoint::close);
        life.endDetached();
        parts.logics().stop();
        exchanges.end();
        ClusterMember member = parts.membership().member();
        if (member != null) {
            member.close();
        }
        parts.deadlines().close();
    }

    private void drainBeforeClosing() {
        try {
            drain(parts.options().drain());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
