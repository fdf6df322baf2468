package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node in its cluster: composes what it consists of, and gives signs of life. Thread-safe; nothing here blocks, except {@link #close}.
 *
 * <p>The nodes have nothing in common but a link, which stores nothing. Each tells all others which sessions and logic it has, keeps in memory what
 * the others told, and gives a sign of life every few seconds. What is sent to a client or logic that is not here goes to the node that
 * has it; that node delivers it, or answers why it could not.
 */
final class ClusterMember
        implements Cluster, ClusterLink.Listener, ClusterRegistry.Watcher, ClusterReader.Receiver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);

    private final UUID self = MessageId.next();
    private final ClusterLink.Channel own = ClusterSender.channel(self);
    private final ClusterLink link;
    private final ClusterOptions options;
    private final ClusterParts parts;
    private final Instant since;
    private final ClusterWriter writer;
    private final ClusterReader reader;
    private final ClusterSender sender;
    private final ClusterRegistry registry;
    private final ClusterAnnouncer announcer;
    private final ClusterPresence presence;
    private final ClusterInterest interest;
    private final ClusterWaits waits;
    private final ClusterRepeats repeats;
    private final ClusterCarrier carrier;
    private final ClusterReceiver receiver;
    private final Optional<SharedTopics> shared;
    private final ClusterBans bans;
    private final ClusterMoves moves;
    private final ClusterLimits limits;
    private final Serial refreshing;
    private final LongAdder losses = new LongAdder();
    private volatile Instant lastBeat;
    private long beats;
    private volatile boolean joined;
    private volatile boolean closed;

    ClusterMember(ClusterLink link, ClusterOptions options, ClusterParts parts, Optional<TopicHistory> history) {
        this.link = link;
        this.options = options;
        this.parts = parts;
        this.since = parts.clock().instant();
        this.lastBeat = since;
        ClusterCodec codec = new ClusterCodec(parts.clock());
        ClusterSequences sequences = new ClusterSequences();
        this.writer = new ClusterWriter(link, new ClusterEnvelope(options.secret()), self, options.buffer());
        this.sender = new ClusterSender(writer, codec, options, link.maxBytes());
        this.registry = new ClusterRegistry(
                parts.clock(), options.lease(), id -> sender.outbox(ClusterSender.channel(id)), this);
        this.reader = new ClusterReader(self, new ClusterEnvelope(options.secret()), codec, sequences, registry, this);
        this.announcer = new ClusterAnnouncer(sender::tellAll);
        this.presence = new ClusterPresence(parts.clock(), sender);
        this.interest = new ClusterInterest(link, sequences, presence);
        this.waits = new ClusterWaits(registry, sender, parts);
        this.repeats = new ClusterRepeats(parts, registry, sender, waits);
        this.carrier = new ClusterCarrier(parts, registry, sender, waits);
        this.receiver = new ClusterReceiver(this, parts);
        this.shared = history.map(found ->
                new SharedTopics(found, new HistoryEntries(self, options.secret(), codec), options, parts, sender));
        this.bans = new ClusterBans(parts.router(), sender);
        this.limits = new ClusterLimits(parts.router().sessionOptions(), parts.users(), registry);
        this.moves = new ClusterMoves(parts, sender, link.maxBytes());
        this.refreshing = new Serial(() -> announcer.refresh(parts.router().sessions()));
    }

    /** Joins: from now on what the link tells is heard, and signs of life are given. */
    void start() {
        shared.ifPresent(parts.topics()::share);
        link.start(this);
        var _ = link.subscribe(ClusterSender.ALL)
                .thenCombine(link.subscribe(own), (all, own) -> true)
                .thenAccept(this::joined);
        beatLater();
    }

    /** Only now, for the others answer the first sign of life at once. */
    private void joined(boolean both) {
        joined = both;
        tellBeat();
    }

    ClusterRegistry registry() {
        return registry;
    }

    ClusterSender sender() {
        return sender;
    }

    ClusterAnnouncer announcer() {
        return announcer;
    }

    ClusterWaits waits() {
        return waits;
    }

    ClusterRepeats repeats() {
        return repeats;
    }

    ClusterCarrier carrier() {
        return carrier;
    }

    ClusterBans bans() {
        return bans;
    }

    ClusterMoves moves() {
        return moves;
    }

    ClusterLimits limits() {
        return limits;
    }

    ClusterInterest interest() {
        return interest;
    }

    ClusterPresence presence() {
        return presence;
    }

    /** Runs what may call code of others, which may take its time. */
    static void aside(Runnable work) {
        Thread.ofVirtual().name("cluster-told").start(work);
    }

    private void beatLater() {
        parts.deadlines().at(parts.clock().instant().plus(options.heartbeat()), this::beat);
    }

    /** On the timer's thread: a node that is busy must not seem to be dead. */
    private void beat() {
        if (closed) {
            return;
        }
        beatLater();
        tellBeat();
        Instant now = parts.clock().instant();
        boolean stalled = Duration.between(lastBeat, now).compareTo(options.lease()) >= 0;
        lastBeat = now;
        // After a pause of this whole process it is not the others who were silent: what they said waits to be read.
        if (!stalled) {
            registry.expire();
        }
        sender.tellHoles();
        aside(refreshing::run);
        shared.filter(topics -> topics.problem().isPresent()).ifPresent(topics -> aside(topics::probe));
    }

    /** Tells what others may not know yet, such as a logic that was added. */
    void tellBeat() {
        sender.tellAll(beatNow());
        sender.tellAll(bans.known());
    }

    /** One at a time, so that one with a higher number tells nothing older. */
    private synchronized ClusterFrame.Beat beatNow() {
        return new ClusterFrame.Beat(
                ++beats,
                options.node(),
                since,
                announcer.version(),
                parts.logics().names(),
                parts.entrance().isDraining(),
                presence.versions());
    }

    @Override
    public void received(ClusterLink.Channel channel, byte[] bytes) {
        reader.read(channel, bytes);
    }

    @Override
    public Runnable begun(ClusterLink.Channel channel) {
        List<Runnable> comparisons = interest.topics(channel).stream()
                .map(parts.topics()::comparison)
                .toList();
        return () -> comparisons.forEach(Runnable::run);
    }

    @Override
    public void receive(RemoteNode node, ClusterFrame frame) {
        receiver.receive(node, frame);
    }

    @Override
    public void up() {
        writer.up();
        LOG.info("the cluster's link is up");
        if (joined) {
            tellBeat();
        }
        sender.tellHoles();
        presence.askAgain();
        repeats.up();
    }

    @Override
    public void down(String reason) {
        writer.down(reason);
        LOG.warn("the cluster's link is down, so only clients of this node can be reached: {}", reason);
    }

    /** Of whichever node; while the link is down, too, and then before {@link #up}. */
    @Override
    public void lost(ClusterLink.Channel channel) {
        missed(channel);
        interest.partition(channel).ifPresent(presence::missed);
        if (channel.equals(own)) {
            repeats.lost();
        }
    }

    @Override
    public void lost(RemoteNode node, ClusterLink.Channel channel) {
        missed(channel);
        interest.partition(channel).ifPresent(partition -> presence.missed(node, partition));
        if (channel.equals(own)) {
            repeats.lost(node);
        }
    }

    private void missed(ClusterLink.Channel channel) {
        losses.increment();
        interest.topics(channel).forEach(parts.topics()::missed);
    }

    /** It need not wait for the next heartbeat to learn of this node. */
    @Override
    public void came(RemoteNode node) {
        LOG.info("node {} ({}) is there", node, node.id());
        sender.tell(node, beatNow());
        bans.tell(node);
        presence.came(node);
    }

    @Override
    public void incomplete(RemoteNode node) {
        sender.tell(node, new ClusterFrame.Ask());
    }

    @Override
    public void appeared(String user, RemoteNode node) {
        waits.appeared(user, node);
    }

    /** A session that is on this node now has only moved. */
    @Override
    public void ended(List<Address.Session> sessions) {
        aside(() -> sessions.stream()
                .filter(session -> parts.users().session(session.id()) == null)
                .forEach(parts.listener()::ended));
    }

    @Override
    public void gone(RemoteNode node) {
        LOG.info("node {} ({}) is gone", node, node.id());
        sender.gone(node);
        bans.gone(node);
        repeats.gone(node);
        presence.gone(node);
        aside(() -> moves.gone(node));
        aside(() -> waits.gone(node));
    }

    /** A session of this node has begun, or changed. */
    void joined(SessionInfo session) {
        announcer.joined(session);
    }

    /** A session of this node is not here any more; {@code moves} if another node gets it. */
    void left(Address.Session session, boolean moves) {
        announcer.left(session, moves);
        if (moves) {
            registry.left(session, true);
        }
    }

    @Override
    public UUID self() {
        return self;
    }

    @Override
    public List<ClusterNode> nodes() {
        List<ClusterNode> nodes = new ArrayList<>();
        nodes.add(new ClusterNode(
                self,
                options.node(),
                true,
                since,
                parts.clock().instant(),
                parts.entrance().isDraining(),
                parts.users().connected(),
                parts.logics().names().stream().sorted().toList()));
        nodes.addAll(registry.nodes());
        return nodes;
    }

    @Override
    public List<Elsewhere> elsewhere() {
        return registry.sessions().stream()
                .map(each -> new Elsewhere(each.node().id(), each.session()))
                .toList();
    }

    @Override
    public List<Elsewhere> elsewhere(String user) {
        return registry.sessionsOf(user).stream()
                .map(each -> new Elsewhere(each.node().id(), each.session()))
                .toList();
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(writer.down())
                .map(reason -> "clients of other nodes cannot be reached: " + reason)
                .or(() -> shared.flatMap(SharedTopics::problem));
    }

    @Override
    public ClusterCounts counts() {
        return new ClusterCounts(
                writer.published.sum(),
                writer.publishedBytes.sum(),
                writer.frames.sum(),
                writer.failed.sum(),
                reader.received.sum(),
                reader.receivedBytes.sum(),
                reader.repeated.sum(),
                losses.sum(),
                reader.rejected.sum(),
                writer.waitingBytes());
    }

    /** Leaves: the others know at once. */
    @Override
    public void close() {
        closed = true;
        shared.ifPresent(SharedTopics::close);
        sender.tellAll(new ClusterFrame.Bye());
        writer.close();
        link.close();
    }
}
