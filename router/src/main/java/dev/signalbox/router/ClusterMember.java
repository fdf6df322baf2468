package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node in its cluster. Thread-safe; nothing here blocks, except {@link #close}.
 *
 * <p>The nodes have nothing in common but a link, which stores nothing. Each tells all others which sessions and logic it has, keeps in memory what
 * the others told, and gives a sign of life every few seconds. What is sent to a client or logic that is not here goes to the node that
 * has it; that node delivers it, or answers why it could not.
 */
final class ClusterMember implements Cluster, ClusterLink.Listener, ClusterRegistry.Watcher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);

    private final UUID self = MessageId.next();
    private final ClusterLink link;
    private final ClusterOptions options;
    private final ClusterParts parts;
    private final Instant since;
    private final ClusterCodec codec;
    private final ClusterEnvelope opening;
    private final ClusterSequences sequences = new ClusterSequences();
    private final ClusterWriter writer;
    private final ClusterSender sender;
    private final ClusterRegistry registry;
    private final ClusterAnnouncer announcer;
    private final ClusterInterest interest;
    private final ClusterWaits waits;
    private final ClusterReceiver receiver;
    private final Optional<SharedTopics> shared;
    private final ClusterBans bans;
    private final ClusterMoves moves;
    private final ClusterLimits limits;
    private final Serial refreshing;
    private final LongAdder received = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder losses = new LongAdder();
    private final LongAdder rejected = new LongAdder();
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
        this.codec = new ClusterCodec(parts.clock());
        this.opening = new ClusterEnvelope(options.secret());
        this.writer = new ClusterWriter(link, new ClusterEnvelope(options.secret()), self, options.buffer());
        this.sender = new ClusterSender(writer, codec, options, link.maxBytes());
        this.registry = new ClusterRegistry(
                parts.clock(), options.lease(), id -> sender.outbox(ClusterSender.channel(id)), this);
        this.announcer = new ClusterAnnouncer(sender::tellAll);
        this.interest = new ClusterInterest(link, sequences);
        this.waits = new ClusterWaits(this, parts.requests(), parts.acknowledgements());
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
                .thenCombine(link.subscribe(ClusterSender.channel(self)), (all, own) -> true)
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

    /** Runs what may call code of others, which may take its time. */
    void aside(Runnable work) {
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
                parts.entrance().isDraining());
    }

    @Override
    public void received(ClusterLink.Channel channel, byte[] bytes) {
        switch (opening.open(channel, bytes)) {
            case ClusterEnvelope.Opened.Frames(UUID origin, long sequence, ByteSource frames) -> {
                if (!origin.equals(self)) {
                    opened(origin, channel, sequence, frames, bytes.length);
                }
            }
            case ClusterEnvelope.Opened.Forged _ -> reject("it is not signed with this cluster's secret");
            case ClusterEnvelope.Opened.Foreign(int version) ->
                reject("it is of version " + version + ", and this node knows " + ClusterEnvelope.VERSION);
        }
    }

    /** Once in a while: a node that publishes rubbish must not fill the log. */
    private void reject(String why) {
        rejected.increment();
        if (Long.bitCount(rejected.sum()) == 1) {
            LOG.warn("dropped {} envelopes on the cluster's link so far; the last one because {}", rejected.sum(), why);
        }
    }

    private void opened(UUID origin, ClusterLink.Channel channel, long sequence, ByteSource frames, int size) {
        received.increment();
        receivedBytes.add(size);
        switch (sequences.arrived(origin, channel, sequence)) {
            case REPEATED -> repeated.increment();
            case AFTER_LOSS -> {
                lost(channel);
                receive(registry.heard(origin), frames);
            }
            case FIRST -> {
                interest.topics(channel).forEach(parts.topics()::compare);
                receive(registry.heard(origin), frames);
            }
            case NEXT -> receive(registry.heard(origin), frames);
        }
    }

    private void receive(RemoteNode node, ByteSource frames) {
        try {
            while (frames.hasMore()) {
                ClusterFrame frame = codec.decode(frames);
                if (frame != null) {
                    receiver.receive(node, frame);
                }
            }
        } catch (IllegalArgumentException e) {
            reject("node " + node + " sent what cannot be read");
            LOG.debug("the rest of an envelope was dropped", e);
        }
    }

    @Override
    public void up() {
        writer.up();
        LOG.info("the cluster's link is up");
        if (joined) {
            tellBeat();
        }
        sender.tellHoles();
        aside(waits::carryAgain);
    }

    @Override
    public void down(String reason) {
        writer.down(reason);
        LOG.warn("the cluster's link is down, so only clients of this node can be reached: {}", reason);
    }

    @Override
    public void lost(ClusterLink.Channel channel) {
        losses.increment();
        interest.topics(channel).forEach(parts.topics()::missed);
    }

    /** It need not wait for the next heartbeat to learn of this node. */
    @Override
    public void came(RemoteNode node) {
        LOG.info("node {} ({}) is there", node, node.id());
        sender.tell(node, beatNow());
        bans.tell(node);
    }

    @Override
    public void incomplete(RemoteNode node) {
        sender.tell(node, new ClusterFrame.Ask());
    }

    @Override
    public void appeared(String user, RemoteNode node) {
        waits.appeared(user, node);
    }

    @Override
    public void gone(RemoteNode node) {
        LOG.info("node {} ({}) is gone", node, node.id());
        sender.gone(node);
        bans.gone(node);
        aside(() -> moves.gone(node));
        aside(() -> waits.gone(node));
    }

    /** Carries a message to targets of one node; the errors of those that it cannot be carried to. */
    List<RouteError> carry(RemoteNode node, Message message) {
        return sender.carry(
                node,
                new ClusterFrame.Carry(message),
                message.targets(),
                failure -> notCarried(node, message, failure));
    }

    private void notCarried(RemoteNode node, Message message, ClusterLinkException failure) {
        String why = String.valueOf(failure.getMessage());
        List<RouteError> errors = message.targets().stream()
                .map(target -> RouteError.unreachable(target, "node " + node, why))
                .toList();
        if (message.intent() instanceof Intent.Ask) {
            aside(() -> waits.unanswered(message.id(), node, errors.getFirst()));
        } else {
            refused(message.id(), message.origin(), errors);
        }
    }

    /** Tells the sender of a message that it did not arrive after all. */
    void refused(UUID message, Optional<Address.Session> origin, List<RouteError> errors) {
        LiveSession session =
                origin.map(from -> parts.users().session(from.id())).orElse(null);
        for (RouteError error : errors) {
            parts.listener().refused(message, error);
            if (session != null) {
                session.attachment().connection().refused(message, error);
            }
        }
    }

    /** Carries a message to a logic that this node does not have. */
    @Nullable
    RouteError toLogic(Address.Logic logic, Message message) {
        RemoteNode node = choose(registry.nodesWith(logic.name()), message);
        String refusal = sender.refusal();
        if (refusal != null) {
            return RouteError.unreachable(logic, node == null ? "another node" : "node " + node, refusal);
        }
        if (node == null) {
            return RouteError.unknownLogic(logic);
        }
        if (message.intent() instanceof Intent.Ask) {
            waits.asked(message, List.of(node), false);
        }
        return carry(node, message.withTargets(List.of(logic))).stream()
                .findFirst()
                .orElse(null);
    }

    /**
     * The node that runs a logic for this sender: always the same one, so that its messages stay in order, while senders spread over all. If a node
     * comes or goes, only its share moves (rendezvous hashing; Thaler and Ravishankar, 1998).
     */
    private static @Nullable RemoteNode choose(List<RemoteNode> nodes, Message message) {
        Address from = message.replyTo();
        return nodes.stream()
                .max(Comparator.comparing((RemoteNode node) -> !node.isDraining())
                        .thenComparingLong(node -> weight(from, node)))
                .orElse(null);
    }

    /** The finalizer of MurmurHash3 by Austin Appleby: close inputs have far results. */
    private static long weight(Address from, RemoteNode node) {
        long mixed = (from.hashCode() * 0x9E3779B97F4A7C15L) ^ node.id().getLeastSignificantBits();
        mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }

    @Nullable
    RouteError toAll(Message message) {
        Message all = message.targets().size() == 1 ? message : message.withTargets(List.of(Address.ALL));
        return sender.carryToAll(
                        all,
                        failure -> refused(
                                message.id(),
                                message.origin(),
                                List.of(RouteError.unreachable(
                                        Address.ALL, "other nodes", String.valueOf(failure.getMessage())))))
                .orElse(null);
    }

    /** Publishes to subscribers on other nodes what was published here; what has its place in a shared history is told with that. */
    @Nullable
    RouteError publish(Address.Topic topic, Message message, Optional<String> key) {
        if (parts.topics().isShared(topic.name())) {
            return null;
        }
        Message one = message.targets().size() == 1 ? message : message.withTargets(List.of(topic));
        return sender.publish(new ClusterFrame.Publish(topic.name(), key, one), failure -> refused(topic, one, failure))
                .orElse(null);
    }

    /** The same for what is not kept. */
    @Nullable
    RouteError publishVolatile(Address.Topic topic, Message message) {
        return sender.publishVolatile(
                        new ClusterFrame.PublishVolatile(topic.name(), message),
                        failure -> refused(topic, message, failure))
                .orElse(null);
    }

    private void refused(Address.Topic topic, Message message, ClusterLinkException failure) {
        refused(
                message.id(),
                message.origin(),
                List.of(RouteError.unreachable(topic, "other nodes", String.valueOf(failure.getMessage()))));
    }

    /** Closes connections on other nodes. False if none is known. */
    boolean disconnect(Address target, List<RemoteNode> nodes, CloseReason reason) {
        nodes.forEach(node -> sender.tell(node, new ClusterFrame.Disconnect(target, reason)));
        return !nodes.isEmpty() && sender.refusal() == null;
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
                received.sum(),
                receivedBytes.sum(),
                repeated.sum(),
                losses.sum(),
                rejected.sum(),
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
