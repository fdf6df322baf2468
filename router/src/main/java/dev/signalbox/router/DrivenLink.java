package dev.signalbox.router;

import dev.signalbox.router.ClusterLinkDriver.Placement;
import dev.signalbox.router.ClusterLinkDriver.Session;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A link over a broker's driver: which channels are wanted, where each is subscribed to, and what is told to the listener.
 *
 * <p>The lock guards the subscriptions and which sessions are in use; only those may publish or tell anything. It is never held while something
 * waits, and no caller's code runs under it.
 */
final class DrivenLink implements ClusterLink, ClusterLinkDriver.Events {
    /** Before the driver has any. */
    private static final Placement NOWHERE = new Placement() {
        @Override
        public Collection<Session> sessions() {
            return List.of();
        }

        @Override
        public Optional<Session> of(Channel channel) {
            return Optional.empty();
        }
    };

    /** A channel that is wanted, over all sessions. */
    private static final class Subscription {
        final Channel channel;
        /** Completes when a server has confirmed it for the first time. */
        final CompletableFuture<Void> everConfirmed = new CompletableFuture<>();

        private @Nullable Session session;
        private boolean confirmed;
        /** Set with {@link #confirmed} and so under the link's lock; {@link #everConfirmed} completes only after that, without it. */
        private boolean wasEverConfirmed;
        /** Whether something may be missing that is not told yet. */
        private boolean gap;

        Subscription(Channel channel) {
            this.channel = channel;
        }

        boolean isAt(@Nullable Session at) {
            return session != null && session.equals(at);
        }

        void askedAt(Session at) {
            session = at;
            confirmed = false;
        }

        void confirmed() {
            confirmed = true;
            wasEverConfirmed = true;
        }

        void interrupted() {
            session = null;
            confirmed = false;
            gap = wasEverConfirmed;
        }

        /** True once after each interruption: the caller then tells of the gap. */
        boolean takeGap() {
            boolean taken = gap;
            gap = false;
            return taken;
        }
    }

    private final ClusterLinkDriver driver;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Channel, Subscription> wanted = new LinkedHashMap<>();
    private final Set<Session> inUse = new HashSet<>();
    private Placement placement = NOWHERE;
    /** Null while nothing is known to be wrong. */
    private @Nullable String problem = "it is not connected yet";

    private boolean closed;
    private volatile @Nullable ClusterLinkEvents events;
    private ClusterLinkDriver.@Nullable Connecting connecting;

    DrivenLink(ClusterLinkDriver driver) {
        this.driver = driver;
    }

    /** @throws IllegalArgumentException unless a publication may have that many bytes */
    static void requireSize(byte[] bytes, int most) {
        if (bytes.length == 0 || bytes.length > most) {
            throw new IllegalArgumentException("a publication has 1 to " + most + " bytes, not " + bytes.length);
        }
    }

    /** The failure of a subscription that ended too early. */
    static ClusterLinkException unsubscribed() {
        return new ClusterLinkException("the subscription ended before it was confirmed", false);
    }

    @Override
    public int maxBytes() {
        return driver.maxBytes();
    }

    @Override
    public void start(Listener listener) {
        lock.lock();
        try {
            if (events != null || closed) {
                throw new IllegalStateException("a link is started once, and not after it was closed");
            }
            events = ClusterLinkEvents.start(listener, this::isWanted, driver.maxUntoldBytes());
            connecting = driver.start(this);
        } finally {
            lock.unlock();
        }
    }

    private boolean isWanted(Channel channel) {
        lock.lock();
        try {
            return wanted.containsKey(channel);
        } finally {
            lock.unlock();
        }
    }

    private ClusterLinkEvents events() {
        return Objects.requireNonNull(events);
    }

    @Override
    public void use(Placement fresh, Optional<String> trouble) {
        lock.lock();
        try {
            placement = fresh;
            inUse.clear();
            inUse.addAll(fresh.sessions());
            // Race: a session may have ended before it was in use; that it told so had no effect.
            problem = trouble.or(() -> firstEnd(fresh)).orElse(null);
            wanted.values().forEach(this::place);
            if (problem != null) {
                events().down(problem);
            }
            tellUp();
        } finally {
            lock.unlock();
        }
    }

    private static Optional<String> firstEnd(Placement fresh) {
        return fresh.sessions().stream().flatMap(each -> each.end().stream()).findFirst();
    }

    private void place(Subscription subscription) {
        Session right = sessionOf(subscription.channel);
        if (subscription.isAt(right)) {
            return;
        }
        subscription.interrupted();
        if (right != null && right.end().isEmpty()) {
            subscription.askedAt(right);
            right.subscribe(subscription.channel);
        }
    }

    private @Nullable Session sessionOf(Channel channel) {
        Session session = placement.of(channel).orElse(null);
        return session != null && inUse.contains(session) ? session : null;
    }

    private void tellUp() {
        if (problem == null && wanted.values().stream().allMatch(each -> each.confirmed)) {
            events().up();
        }
    }

    @Override
    public void down(String reason) {
        lock.lock();
        try {
            problem = reason;
            events().down(reason);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ended(Session session, String reason) {
        lock.lock();
        try {
            if (inUse.remove(session)) {
                wanted.values().stream().filter(each -> each.isAt(session)).forEach(Subscription::interrupted);
                problem = reason;
                events().down(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void confirmed(Session session, Channel channel) {
        Subscription subscription;
        lock.lock();
        try {
            subscription = at(session, channel);
            if (subscription == null || !session.isConfirmed(channel)) {
                return;
            }
            subscription.confirmed();
            tellGap(subscription);
            tellUp();
        } finally {
            lock.unlock();
        }
        subscription.everConfirmed.complete(null);
    }

    /** Null if the channel is not wanted, or is subscribed to elsewhere by now. */
    private @Nullable Subscription at(Session session, Channel channel) {
        Subscription subscription = wanted.get(channel);
        return subscription != null && subscription.isAt(session) ? subscription : null;
    }

    /** Not before the subscription is in place: what is published after that is not missed. */
    private void tellGap(Subscription subscription) {
        if (subscription.takeGap()) {
            events().lost(subscription.channel);
        }
    }

    @Override
    public void refused(Session session, Channel channel, String reason) {
        lock.lock();
        try {
            Subscription subscription = at(session, channel);
            if (subscription != null) {
                subscription.interrupted();
                problem = reason;
                events().down(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean interrupted(Session session, Channel channel) {
        lock.lock();
        try {
            Subscription subscription = at(session, channel);
            if (subscription == null || !subscription.confirmed) {
                return false;
            }
            subscription.interrupted();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void received(Session session, Channel channel, byte[] bytes) {
        lock.lock();
        try {
            Subscription subscription = at(session, channel);
            if (subscription != null) {
                tellGap(subscription);
                events().received(channel, bytes);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void missed() {
        lock.lock();
        try {
            wanted.values().stream().filter(each -> each.wasEverConfirmed).forEach(each -> events().lost(each.channel));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Void> publish(Channel channel, byte[] bytes) {
        requireSize(bytes, maxBytes());
        lock.lock();
        try {
            Session session = sessionOf(channel);
            return session == null
                    ? failed("it is not sent, for the link is down: " + problem)
                    : session.publish(channel, bytes);
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
            if (closed) {
                return failed("the link is closed");
            }
            Subscription present = wanted.get(channel);
            return (present == null ? add(channel) : present).everConfirmed.copy();
        } finally {
            lock.unlock();
        }
    }

    private Subscription add(Channel channel) {
        Subscription added = new Subscription(channel);
        wanted.put(channel, added);
        place(added);
        return added;
    }

    @Override
    public void unsubscribe(Channel channel) {
        Subscription removed;
        lock.lock();
        try {
            removed = wanted.remove(channel);
            if (removed != null && removed.session != null) {
                removed.session.unsubscribe(channel);
            }
        } finally {
            lock.unlock();
        }
        if (removed != null) {
            removed.everConfirmed.completeExceptionally(unsubscribed());
        }
    }

    @Override
    public void close() {
        ClusterLinkDriver.Connecting ending;
        lock.lock();
        try {
            closed = true;
            ending = connecting;
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.close();
        }
        end().forEach(each -> each.completeExceptionally(new ClusterLinkException("the link was closed", false)));
        ClusterLinkEvents telling = events;
        if (telling != null) {
            telling.close();
        }
    }

    /** Those who still wait for a subscription. */
    private List<CompletableFuture<Void>> end() {
        lock.lock();
        try {
            inUse.clear();
            placement = NOWHERE;
            problem = "the link was closed";
            return wanted.values().stream().map(each -> each.everConfirmed).toList();
        } finally {
            lock.unlock();
        }
    }
}
