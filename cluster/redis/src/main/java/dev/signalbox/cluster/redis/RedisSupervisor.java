package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink.Channel;
import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a session with each primary, on a thread of its own. About each second, and as soon as something happens, it asks where the
 * primaries are, opens the sessions that are missing, closes those that are not needed, and looks whether the servers still answer.
 */
final class RedisSupervisor implements RedisSession.Receiver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisSupervisor.class);
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    /** By then each node has followed to a new primary: it asks each second, and then connects. */
    private static final Duration ALL_HAVE_MOVED = Duration.ofSeconds(4);

    private final RedisLinkOptions options;
    private final RedisBounds bounds;
    private final Owner owner;
    private final RedisConnector connector;
    private final RedisLocator locator;
    private final Semaphore woken = new Semaphore(0);
    private final Thread thread;
    private final Map<RedisNode, RedisSession> sessions = new HashMap<>();
    /** The last connections to servers, of an owner that keeps order. */
    private final Map<RedisNode, RedisSession.Identity> connections = new HashMap<>();

    private @Nullable RedisLayout layout;
    private Duration pause = FIRST_PAUSE;
    private long movedNanos;
    private boolean moved;
    private volatile boolean doubtful;
    private volatile boolean closed;

    /** What the sessions are for. Called on the supervisor's thread, or on those of the connections; must not block. */
    interface Owner {
        /** From now on these sessions count; {@code problem} is what does not work all the same. */
        void use(RedisPlacement placement, Optional<String> problem);

        /** Nobody knows where to connect; what is connected stays so. */
        void down(String reason);

        void ended(RedisSession session, String reason);

        /** Whether what an ended session had sent must not be executed after what a later one sends. */
        default boolean keepsOrder() {
            return false;
        }

        /** A while ago the primaries have changed: by now every node has followed. */
        default void moved() {}

        /** Never told to an owner that subscribes to nothing; nor are those below. */
        default void received(RedisSession session, Channel channel, byte[] bytes) {}

        default void subscribed(RedisSession session, Channel channel) {}

        /** Whether the subscription is wanted still. */
        default boolean unsubscribed(RedisSession session, Channel channel) {
            return false;
        }

        default void refused(RedisSession session, Channel channel, String reason) {}
    }

    private RedisSupervisor(RedisLinkOptions options, RedisBounds bounds, Owner owner) {
        this.options = options;
        this.bounds = bounds;
        this.owner = owner;
        this.connector = new RedisConnector(options);
        this.locator = options.sentinelMaster()
                .<RedisLocator>map(master -> new RedisSentinels(connector, options, master, this::wake))
                .orElseGet(() -> new RedisSlots(connector, options.nodes()));
        this.thread = Thread.ofVirtual().name("redis-link").unstarted(this::run);
    }

    static RedisSupervisor start(RedisLinkOptions options, RedisBounds bounds, Owner owner) {
        RedisSupervisor made = new RedisSupervisor(options, bounds, owner);
        made.thread.start();
        return made;
    }

    /** Something happened; the next step is due. */
    private void wake() {
        woken.release();
    }

    /** The layout may have changed; the next step is due soon. Not at once, for a server may refuse all that comes. */
    private void doubt() {
        doubtful = true;
        woken.release();
    }

    @Override
    public void received(RedisSession session, Channel channel, byte[] bytes) {
        owner.received(session, channel, bytes);
    }

    @Override
    public void subscribed(RedisSession session, Channel channel) {
        owner.subscribed(session, channel);
    }

    @Override
    public void unsubscribed(RedisSession session, Channel channel) {
        if (owner.unsubscribed(session, channel)) {
            LOG.info("{} ended the subscription to {}: its slot is another's now", session.node, channel.name());
            wake();
        }
    }

    @Override
    public void refused(RedisSession session, Channel channel, String reason) {
        LOG.info("{}", reason);
        owner.refused(session, channel, reason);
        doubt();
    }

    @Override
    public void refusedCommand(RedisSession session) {
        doubt();
    }

    @Override
    public void ended(RedisSession session) {
        String reason = session.end().orElse("");
        LOG.info("{}", reason);
        owner.ended(session, reason);
        wake();
    }

    private void run() {
        try {
            while (!closed) {
                await(step());
            }
        } catch (InterruptedException e) {
            LOG.debug("the link ends", e); // Only close() interrupts.
        } finally {
            locator.close();
            sessions.values().forEach(RedisSession::close);
        }
    }

    /** Until the next beat, or until it is woken; after a failure and in doubt for a growing pause, for that may last. */
    private void await(boolean whole) throws InterruptedException {
        if (whole && !doubtful) {
            boolean _ = woken.tryAcquire(beat().toNanos(), TimeUnit.NANOSECONDS);
        }
        if (whole && !doubtful) {
            pause = FIRST_PAUSE;
        } else {
            doubtful = false;
            long most = pause.toNanos();
            TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(most / 2, most));
            pause = longer(pause);
        }
        woken.drainPermits();
    }

    /** Twice at least within the time that a server may be silent. */
    private Duration beat() {
        Duration third = options.silence().dividedBy(3);
        return third.compareTo(BEAT) < 0 ? third : BEAT;
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** False if something is missing. */
    private boolean step() throws InterruptedException {
        removeEnded();
        sessions.values().forEach(each -> each.beat(options.silence()));
        try {
            RedisLayout found = locator.locate();
            String trouble = adopt(found);
            tellOfTheMove();
            return trouble == null;
        } catch (RedisException e) {
            return goOnWithout(e);
        } catch (RuntimeException e) {
            LOG.error("a link to Redis has a fault; it tries again", e);
            owner.down("the link has a fault: " + e);
            return false;
        }
    }

    /** Where nobody says where the primaries are, those that are connected still serve. */
    private boolean goOnWithout(RedisException failure) {
        String reason = "Redis cannot be asked for its primary: " + failure.getMessage();
        if (layout != null && sessions.keySet().containsAll(layout.nodes())) {
            LOG.warn("{}; this node stays with {}", reason, layout.nodes());
            return true;
        }
        LOG.info("{}", reason);
        owner.down(reason);
        return false;
    }

    private void removeEnded() {
        sessions.values().removeIf(each -> {
            if (each.isOver()) {
                each.close();
            }
            return each.isOver();
        });
    }

    /** Returns what is wrong, or null. */
    private @Nullable String adopt(RedisLayout found) throws InterruptedException {
        if (layout != null && !layout.equals(found)) {
            LOG.info("the primaries of Redis are now {}", found.nodes());
            moved = true;
            movedNanos = System.nanoTime();
        }
        layout = found;
        String trouble = openMissing(found);
        owner.use(new RedisPlacement(options.prefix(), found, sessions), Optional.ofNullable(trouble));
        closeUnused(found.nodes());
        return trouble;
    }

    private @Nullable String openMissing(RedisLayout found) throws InterruptedException {
        String trouble = null;
        for (RedisNode node : found.nodes()) {
            if (!sessions.containsKey(node)) {
                try {
                    sessions.put(node, open(node, found.sharded()));
                } catch (RedisException e) {
                    trouble = "Redis cannot be reached at " + node + ": " + e.getMessage();
                    LOG.info("{}", trouble);
                }
            }
        }
        return trouble;
    }

    private RedisSession open(RedisNode node, boolean sharded) throws InterruptedException {
        RedisSession session = RedisSession.open(connector, node, sharded, bounds, this);
        if (!owner.keepsOrder()) {
            return session;
        }
        try {
            connections.put(node, session.succeed(connector, connections.get(node)));
            return session;
        } catch (RedisException | InterruptedException e) {
            session.close();
            throw e;
        }
    }

    private void closeUnused(Set<RedisNode> used) {
        sessions.entrySet().removeIf(each -> {
            boolean unused = !used.contains(each.getKey());
            if (unused) {
                each.getValue().close();
            }
            return unused;
        });
    }

    private void tellOfTheMove() {
        if (moved && System.nanoTime() - movedNanos > ALL_HAVE_MOVED.toNanos()) {
            moved = false;
            owner.moved();
        }
    }

    /** Waits for the thread, and for Lettuce's. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connector.close();
    }
}
