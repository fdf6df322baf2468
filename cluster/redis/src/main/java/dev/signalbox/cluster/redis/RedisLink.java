package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLinkEvents;
import dev.signalbox.router.ClusterLinkException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link: what is wanted and what is confirmed. {@link RedisSupervisor} brings the two together, step by step.
 *
 * <p>The lock guards the subscriptions and which sessions are current; only those may publish or tell anything. It is never held
 * while something waits.
 */
final class RedisLink implements ClusterLink, RedisSession.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    /** Far below what Redis lets wait for a subscriber (32 MiB), so that one publication never costs a connection. */
    private static final int MAX_BYTES = 4 << 20;

    private final RedisLinkOptions options;
    private final RedisBounds bounds;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, RedisSubscription> wanted = new LinkedHashMap<>();
    private Map<RedisNode, RedisSession> sessions = Map.of();
    private @Nullable RedisLayout layout;
    /** Null while nothing is known to be wrong. */
    private @Nullable String problem = "it is not connected yet";

    private boolean closed;
    private @Nullable RedisSupervisor supervisor;
    private volatile @Nullable ClusterLinkEvents events;

    RedisLink(RedisLinkOptions options) {
        this(options, RedisBounds.DEFAULT);
    }

    RedisLink(RedisLinkOptions options, RedisBounds bounds) {
        this.options = options;
        this.bounds = bounds;
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public void start(Listener listener) {
        lock.lock();
        try {
            if (supervisor != null || closed) {
                throw new IllegalStateException("a link is started once, and not after it was closed");
            }
            events = ClusterLinkEvents.start(listener, this::isWanted, bounds.untoldBytes());
            supervisor = RedisSupervisor.start(options, bounds, this);
        } finally {
            lock.unlock();
        }
    }

    private boolean isWanted(Channel channel) {
        lock.lock();
        try {
            return wanted.containsKey(name(channel));
        } finally {
            lock.unlock();
        }
    }

    private String name(Channel channel) {
        return options.prefix() + ":" + channel.name();
    }

    private ClusterLinkEvents events() {
        return Objects.requireNonNull(events);
    }

    private void wake() {
        RedisSupervisor supervising = supervisor;
        if (supervising != null) {
            supervising.wake();
        }
    }

    /** From now on these sessions are current. What is subscribed to elsewhere is asked for where it belongs. */
    void use(RedisLayout fresh, Map<RedisNode, RedisSession> current, @Nullable String trouble) {
        lock.lock();
        try {
            layout = fresh;
            sessions = Map.copyOf(current);
            problem = trouble == null ? over(current) : trouble;
            wanted.values().forEach(this::place);
            if (problem != null) {
                events().down(problem);
            }
            tellUp();
        } finally {
            lock.unlock();
        }
    }

    /** Why one of them is over already: that was told before this link knew of it. */
    private static @Nullable String over(Map<RedisNode, RedisSession> current) {
        return current.values().stream()
                .filter(RedisSession::isOver)
                .findFirst()
                .map(RedisSession::reason)
                .orElse(null);
    }

    private void place(RedisSubscription subscription) {
        RedisSession right = sessionOf(subscription.name);
        if (!subscription.isAt(right)) {
            subscription.interrupted();
            if (right != null && !right.isOver()) {
                subscription.placed(right);
                right.subscribe(subscription.name);
            }
        }
    }

    private @Nullable RedisSession sessionOf(String name) {
        return layout == null ? null : layout.nodeOf(name).map(sessions::get).orElse(null);
    }

    private void tellUp() {
        if (problem == null && wanted.values().stream().allMatch(RedisSubscription::isConfirmed)) {
            events().up();
        }
    }

    /** Nobody knows where to connect; what is connected stays so. */
    void down(String reason) {
        LOG.info("{}", reason);
        lock.lock();
        try {
            problem = reason;
            events().down(reason);
        } finally {
            lock.unlock();
        }
    }

    /** Others may have published where nobody listened any more, until now. */
    void tellAllLost() {
        lock.lock();
        try {
            wanted.values().stream()
                    .filter(each -> each.everConfirmed.isDone())
                    .forEach(each -> events().lost(each.channel));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void received(RedisSession session, String channel, byte[] bytes) {
        lock.lock();
        try {
            RedisSubscription subscription = wanted.get(channel);
            if (subscription != null && subscription.isAt(session)) {
                events().received(subscription.channel, bytes);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Again for a channel that is confirmed, it changes nothing. */
    @Override
    public void subscribed(RedisSession session, String channel) {
        RedisSubscription subscription;
        lock.lock();
        try {
            subscription = wanted.get(channel);
            if (subscription == null || !subscription.isAt(session)) {
                return;
            }
            if (subscription.confirm()) {
                events().lost(subscription.channel);
            }
            tellUp();
        } finally {
            lock.unlock();
        }
        subscription.everConfirmed.complete(null);
    }

    @Override
    public void unsubscribed(RedisSession session, String channel) {
        lock.lock();
        try {
            RedisSubscription subscription = wanted.get(channel);
            if (subscription == null || !subscription.isAt(session) || !subscription.isConfirmed()) {
                return; // It was asked for.
            }
            LOG.info("{} ended the subscription to {}: its slot is another's now", session.node, channel);
            subscription.interrupted();
        } finally {
            lock.unlock();
        }
        wake();
    }

    @Override
    public void refused(RedisSession session, String channel, String reason) {
        lock.lock();
        try {
            RedisSubscription subscription = wanted.get(channel);
            if (subscription == null || !subscription.isAt(session)) {
                return;
            }
            subscription.interrupted();
        } finally {
            lock.unlock();
        }
        down(reason);
        wakeLater();
    }

    @Override
    public void refusedPublication(RedisSession session) {
        wakeLater();
    }

    /** Not at once, for a server may refuse all that comes. */
    private void wakeLater() {
        RedisSupervisor supervising = supervisor;
        if (supervising != null) {
            supervising.doubt();
        }
    }

    @Override
    public void ended(RedisSession session) {
        lock.lock();
        try {
            if (!session.equals(sessions.get(session.node))) {
                return;
            }
            Map<RedisNode, RedisSession> rest = new HashMap<>(sessions);
            rest.remove(session.node);
            sessions = Map.copyOf(rest);
            wanted.values().stream().filter(each -> each.isAt(session)).forEach(RedisSubscription::interrupted);
        } finally {
            lock.unlock();
        }
        down("Redis at " + session.reason());
        wake();
    }

    @Override
    public CompletionStage<Void> publish(Channel channel, byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a publication has 1 to " + MAX_BYTES + " bytes, not " + bytes.length);
        }
        lock.lock();
        try {
            RedisSession session = sessionOf(name(channel));
            return session == null
                    ? failed("it is not sent, for the link is down: " + problem)
                    : session.publish(name(channel), bytes);
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
            RedisSubscription present = wanted.get(name(channel));
            return (present == null ? add(channel) : present).everConfirmed.copy();
        } finally {
            lock.unlock();
        }
    }

    private RedisSubscription add(Channel channel) {
        RedisSubscription added = new RedisSubscription(channel, name(channel));
        wanted.put(added.name, added);
        place(added);
        return added;
    }

    @Override
    public void unsubscribe(Channel channel) {
        RedisSubscription removed;
        lock.lock();
        try {
            removed = wanted.remove(name(channel));
            RedisSession session = sessionOf(name(channel));
            if (removed != null && session != null && removed.isAt(session)) {
                session.unsubscribe(removed.name);
            }
        } finally {
            lock.unlock();
        }
        if (removed != null) {
            removed.everConfirmed.completeExceptionally(
                    new ClusterLinkException("the subscription ended before it was confirmed", false));
        }
    }

    @Override
    public void close() {
        RedisSupervisor ending;
        lock.lock();
        try {
            closed = true;
            ending = supervisor;
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.close();
        }
        end();
        ClusterLinkEvents telling = events;
        if (telling != null) {
            telling.close();
        }
    }

    private void end() {
        ClusterLinkException failure = new ClusterLinkException("the link was closed", false);
        lock.lock();
        try {
            sessions = Map.of();
            problem = failure.getMessage();
            wanted.values().forEach(each -> each.everConfirmed.completeExceptionally(failure));
        } finally {
            lock.unlock();
        }
    }
}
