package dev.signalbox.router;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A link over a broker in this process. Its subscriptions are guarded by the broker's monitor, under which a publication is handed to all
 * links in one step; a {@link DrivenLink} could not do that without two links that wait for each other's locks.
 */
final class InProcessLink implements ClusterLink {
    private static final int MAX_BYTES = 64 << 20;

    /** What may wait for the listener; beyond it, publications are lost and that is told. */
    static final long MAX_WAITING_BYTES = 4L * MAX_BYTES;

    private final InProcessBroker broker;
    private final String cluster;
    private final Map<Channel, CompletableFuture<Void>> subscriptions = new LinkedHashMap<>();
    /** Set before the broker knows the link. */
    private volatile @Nullable ClusterLinkEvents events;

    private volatile boolean closed;

    InProcessLink(InProcessBroker broker, String cluster) {
        this.broker = broker;
        this.cluster = cluster;
    }

    @Override
    public int maxBytes() {
        return MAX_BYTES;
    }

    @Override
    public synchronized void start(Listener listener) {
        if (events != null || closed) {
            throw new IllegalStateException("a link is started once, and not after it was closed");
        }
        events = ClusterLinkEvents.start(listener, this::isSubscribed, MAX_WAITING_BYTES);
        broker.add(this);
    }

    private boolean isSubscribed(Channel channel) {
        return broker.change(running -> subscriptions.containsKey(channel));
    }

    private ClusterLinkEvents events() {
        return Objects.requireNonNull(events);
    }

    /** Under the broker's monitor: it is there. What was subscribed to before may be missing something. */
    void connected() {
        subscriptions.forEach((channel, confirmed) -> {
            if (confirmed.isDone()) {
                events().lost(channel);
            }
        });
        events().up();
    }

    /** After {@link #connected}, and not under the monitor: it runs what depends on the subscriptions. */
    void confirm() {
        broker.change(running -> running ? List.copyOf(subscriptions.values()) : List.<CompletableFuture<Void>>of())
                .forEach(each -> each.complete(null));
    }

    /** Under the broker's monitor: it is gone. */
    void cut() {
        events().down("the broker in memory was stopped");
    }

    /** Under the broker's monitor: a publication to any channel of any cluster. */
    void offer(String from, Channel channel, byte[] bytes) {
        if (from.equals(cluster) && subscriptions.containsKey(channel)) {
            events().received(channel, bytes.clone());
        }
    }

    @Override
    public CompletionStage<Void> publish(Channel channel, byte[] bytes) {
        DrivenLink.requireSize(bytes, MAX_BYTES);
        if (closed) {
            return CompletableFuture.failedFuture(isClosed());
        }
        return broker.publish(cluster, channel, bytes)
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(
                        new ClusterLinkException("the broker in memory is stopped; send again once it runs", false));
    }

    @Override
    public CompletionStage<Void> subscribe(Channel channel) {
        if (closed) {
            return CompletableFuture.failedFuture(isClosed());
        }
        Subscribed subscribed = broker.change(running ->
                new Subscribed(subscriptions.computeIfAbsent(channel, same -> new CompletableFuture<>()), running));
        if (subscribed.confirmed()) {
            subscribed.result().complete(null);
        }
        if (closed) {
            // Race: close() may have failed all that waited just before this one was added.
            subscribed.result().completeExceptionally(isClosed());
        }
        return subscribed.result().copy();
    }

    /** A subscription, and whether the broker has it. */
    private record Subscribed(CompletableFuture<Void> result, boolean confirmed) {}

    private static ClusterLinkException isClosed() {
        return new ClusterLinkException("the link is closed", false);
    }

    @Override
    public void unsubscribe(Channel channel) {
        Optional<CompletableFuture<Void>> removed =
                broker.change(running -> Optional.ofNullable(subscriptions.remove(channel)));
        removed.ifPresent(each -> each.completeExceptionally(DrivenLink.unsubscribed()));
    }

    @Override
    public void close() {
        ClusterLinkEvents telling;
        synchronized (this) {
            closed = true;
            telling = events;
        }
        broker.remove(this);
        broker.change(running -> List.copyOf(subscriptions.values()))
                .forEach(each -> each.completeExceptionally(isClosed()));
        if (telling != null) {
            telling.close();
        }
    }
}
