package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLinkEvents;
import dev.signalbox.router.ClusterLinkException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link: a supervisor's thread that makes one session after another, and the subscriptions that each session is to have.
 *
 * <p>The lock guards the subscriptions and which session is current; only the current one may publish or tell anything. It is never
 * held while something waits.
 */
final class NatsLink implements ClusterLink, NatsSession.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(NatsLink.class);
    private static final int MAX_BYTES = 1 << 20;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    /** For so long a server that is to be left may take to confirm what it has. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final NatsLinkOptions options;
    private final NatsBounds bounds;
    private final NatsConnector connector;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, NatsSubscription> wanted = new LinkedHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable NatsSession current;
    private String problem = "it is not connected yet";
    private @Nullable Thread supervisor;
    private volatile @Nullable ClusterLinkEvents events;

    NatsLink(NatsLinkOptions options) {
        this(options, NatsBounds.DEFAULT);
    }

    NatsLink(NatsLinkOptions options, NatsBounds bounds) {
        this.options = options;
        this.bounds = bounds;
        this.connector = new NatsConnector(options);
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public void start(Listener listener) {
        lock.lock();
        try {
            if (supervisor != null || isClosed()) {
                throw new IllegalStateException("a link is started once, and not after it was closed");
            }
            events = ClusterLinkEvents.start(listener, this::isWanted, bounds.untoldBytes());
            supervisor = Thread.ofVirtual().name("nats-link").start(this::supervise);
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    private boolean isWanted(Channel channel) {
        lock.lock();
        try {
            return wanted.containsKey(subject(channel));
        } finally {
            lock.unlock();
        }
    }

    /** A channel is one token, whatever dots it has, so that a permission for {@code PREFIX.*} covers all. */
    private String subject(Channel channel) {
        return options.prefix() + "." + channel.name().replace('.', '_');
    }

    private ClusterLinkEvents events() {
        return Objects.requireNonNull(events);
    }

    private void supervise() {
        try {
            Duration pause = FIRST_PAUSE;
            NatsSupervised session = null;
            while (!isClosed()) {
                session = session == null ? connect() : session;
                if (session == null) {
                    rest(pause);
                    pause = longer(pause);
                } else {
                    pause = FIRST_PAUSE;
                    session = serve(session);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("the link ends", e); // Only close() interrupts.
        }
    }

    private record NatsSupervised(NatsSession session, NatsConnector.Signals signals) {}

    /** Null if no server can be had; that is told. */
    private @Nullable NatsSupervised connect() throws InterruptedException {
        NatsConnector.Signals signals = new NatsConnector.Signals();
        try {
            return supervised(signals);
        } catch (IOException | IllegalStateException e) {
            down("NATS cannot be reached at " + connector.where() + ": " + e.getMessage());
            return null;
        } catch (RuntimeException e) {
            LOG.error("a link to NATS has a fault; it tries again", e);
            down("the link has a fault: " + e);
            return null;
        }
    }

    private NatsSupervised supervised(NatsConnector.Signals signals) throws IOException, InterruptedException {
        NatsSession session =
                new NatsSession(connector.connect(signals), bounds, options.prefix(), lock, this, signals.ended());
        return new NatsSupervised(session, signals);
    }

    private void rest(Duration pause) throws InterruptedException {
        long most = pause.toNanos();
        boolean closed = closing.await(ThreadLocalRandom.current().nextLong(most / 2, most), TimeUnit.NANOSECONDS);
        LOG.debug("{}", closed ? "the link ends" : "connecting to NATS again");
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** Uses the session until it ends; returns the one to go on with, if its server asked us to leave. */
    private @Nullable NatsSupervised serve(NatsSupervised serving) throws InterruptedException {
        NatsSession session = serving.session();
        Duration beat = options.silence().dividedBy(3);
        try {
            attach(session);
            connector.learn(session.servers());
            while (!session.endsWithin(beat)) {
                session.beat(options.silence());
                NatsSupervised next = serving.signals().lameDuck().get() ? leave(session) : null;
                if (next != null) {
                    return next;
                }
            }
            down("NATS at " + connector.where() + ": " + session.reason());
            return null;
        } finally {
            detach(session);
            session.end(session.reason());
        }
    }

    /** Finds another server first, as a lame duck serves on for a while; null if there is none yet. */
    private @Nullable NatsSupervised leave(NatsSession lame) throws InterruptedException {
        NatsConnector.Signals signals = new NatsConnector.Signals();
        try {
            NatsSupervised next = supervised(signals);
            lame.refuse(FAREWELL);
            return next;
        } catch (IOException | IllegalStateException e) {
            LOG.debug("NATS at {} is to be left, and no other server takes this node yet", connector.where(), e);
            return null;
        }
    }

    private void attach(NatsSession session) {
        lock.lock();
        try {
            current = session;
            List<NatsSubscription> placed = List.copyOf(wanted.values());
            if (placed.stream().allMatch(each -> session.subscribe(each.subject))) {
                CompletableFuture<Void> _ = session.confirmed().thenRun(() -> {
                    placed.forEach(each -> confirm(session, each));
                    up(session);
                });
            }
        } finally {
            lock.unlock();
        }
    }

    private void detach(NatsSession session) {
        lock.lock();
        try {
            if (session.equals(current)) {
                current = null;
                problem = "it moves to another connection; send again";
                wanted.values().forEach(NatsSubscription::interrupted);
            }
        } finally {
            lock.unlock();
        }
    }

    private void down(String reason) {
        LOG.info("{}", reason);
        lock.lock();
        try {
            problem = reason;
            current = null;
            wanted.values().forEach(NatsSubscription::interrupted);
            events().down(reason);
        } finally {
            lock.unlock();
        }
    }

    private void up(NatsSession session) {
        lock.lock();
        try {
            if (session.equals(current)) {
                events().up();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The server has the subscription: what is published from now on arrives. */
    private void confirm(NatsSession session, NatsSubscription subscription) {
        lock.lock();
        try {
            if (session.equals(current)) {
                tellGap(subscription);
            }
        } finally {
            lock.unlock();
        }
        subscription.confirmed.complete(null);
    }

    /** Told once for each interruption, and not before the subscription is in place: what is published after it is not missed. */
    private void tellGap(NatsSubscription subscription) {
        if (subscription.takeGap()) {
            events().lost(subscription.channel);
        }
    }

    @Override
    public void received(NatsSession session, String subject, byte[] bytes) {
        lock.lock();
        try {
            NatsSubscription subscription = wanted.get(subject);
            if (subscription != null && session.equals(current)) {
                tellGap(subscription);
                events().received(subscription.channel, bytes);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Void> publish(Channel channel, byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a publication has 1 to " + MAX_BYTES + " bytes, not " + bytes.length);
        }
        lock.lock();
        try {
            return current == null
                    ? failed("it is not sent, for the link is down: " + problem)
                    : current.publish(subject(channel), bytes);
        } finally {
            lock.unlock();
        }
    }

    private static CompletableFuture<Void> failed(String why) {
        return CompletableFuture.failedFuture(new ClusterLinkException(why, false));
    }

    @Override
    public CompletionStage<Void> subscribe(Channel channel) {
        lock.lock();
        try {
            if (isClosed()) {
                return failed("the link is closed");
            }
            NatsSubscription present = wanted.get(subject(channel));
            return (present == null ? add(channel) : present).confirmed.copy();
        } finally {
            lock.unlock();
        }
    }

    private NatsSubscription add(Channel channel) {
        NatsSubscription added = new NatsSubscription(channel, subject(channel));
        wanted.put(added.subject, added);
        NatsSession session = current;
        if (session != null && session.subscribe(added.subject)) {
            CompletableFuture<Void> _ = session.confirmed().thenRun(() -> confirm(session, added));
        }
        return added;
    }

    @Override
    public void unsubscribe(Channel channel) {
        NatsSubscription removed;
        lock.lock();
        try {
            removed = wanted.remove(subject(channel));
            if (removed != null && current != null) {
                current.unsubscribe(removed.subject);
            }
        } finally {
            lock.unlock();
        }
        if (removed != null) {
            removed.confirmed.completeExceptionally(
                    new ClusterLinkException("the subscription ended before it was confirmed", false));
        }
    }

    @Override
    public void close() {
        Thread ending;
        lock.lock();
        try {
            closing.countDown();
            problem = "the link is closed";
            ending = supervisor;
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.interrupt();
            join(ending);
        }
        failSubscribers();
        ClusterLinkEvents telling = events;
        if (telling != null) {
            telling.close();
        }
    }

    private void failSubscribers() {
        lock.lock();
        try {
            ClusterLinkException closed = new ClusterLinkException("the link was closed", false);
            wanted.values().forEach(each -> each.confirmed.completeExceptionally(closed));
        } finally {
            lock.unlock();
        }
    }

    private static void join(Thread ending) {
        try {
            ending.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
