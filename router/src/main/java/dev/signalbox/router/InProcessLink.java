package dev.signalbox.router;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link over a broker in this process. Its subscriptions are guarded by the broker's monitor; its listener has a thread of its own. */
final class InProcessLink implements ClusterLink {
    private static final Logger LOG = LoggerFactory.getLogger(InProcessLink.class);
    private static final int MAX_BYTES = 64 << 20;

    /** What may wait for the listener; beyond it, publications are lost and that is told. */
    static final long MAX_WAITING_BYTES = 4L * MAX_BYTES;

    private final InProcessBroker broker;
    private final String cluster;
    private final Map<Channel, CompletableFuture<Void>> subscriptions = new LinkedHashMap<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    /** Set before the broker knows the link. */
    private volatile @Nullable Listener told;

    private @Nullable Thread teller;
    private volatile boolean closed;

    /** Something to tell the listener, and what it counts for while it waits. */
    private record Event(long bytes, Runnable told) {}

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
        if (teller != null || closed) {
            throw new IllegalStateException("a link is started once, and not after it was closed");
        }
        told = listener;
        teller = Thread.ofPlatform().daemon().name("cluster-link").start(this::tell);
        broker.add(this);
    }

    private Listener listener() {
        return Objects.requireNonNull(told);
    }

    /** Under the broker's monitor: it is there. What was subscribed to before may be missing something. */
    void connected() {
        subscriptions.forEach((channel, confirmed) -> {
            if (confirmed.isDone()) {
                add(0, () -> listener().lost(channel));
            }
            add(0, () -> confirmed.complete(null));
        });
        add(0, () -> listener().up());
    }

    /** Under the broker's monitor: it is gone. */
    void cut() {
        add(0, () -> listener().down("the broker in memory was stopped"));
    }

    /** Under the broker's monitor: a publication to any channel of any cluster. */
    void offer(String from, Channel channel, byte[] bytes) {
        if (!from.equals(cluster) || !subscriptions.containsKey(channel)) {
            return;
        }
        if (waitingBytes.addAndGet(bytes.length) > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-bytes.length);
            add(0, () -> listener().lost(channel));
        } else {
            add(bytes.length, () -> receive(channel, bytes.clone()));
        }
    }

    private void receive(Channel channel, byte[] bytes) {
        if (broker.change(running -> subscriptions.containsKey(channel))) {
            listener().received(channel, bytes);
        }
    }

    private void add(long bytes, Runnable event) {
        events.add(new Event(bytes, event));
    }

    private void tell() {
        while (!closed) {
            try {
                Event event = events.take();
                waitingBytes.addAndGet(-event.bytes());
                tell(event);
            } catch (InterruptedException e) {
                // Only close() interrupts, after it has set what ends the loop.
                LOG.debug("the link's thread ends");
            }
        }
    }

    private void tell(Event event) {
        try {
            if (!closed) {
                event.told().run();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("a listener of a cluster link failed; it is told of what comes next", e);
        }
    }

    @Override
    public CompletionStage<Void> publish(Channel channel, byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a publication has 1 to " + MAX_BYTES + " bytes, not " + bytes.length);
        }
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
        removed.ifPresent(each -> each.completeExceptionally(
                new ClusterLinkException("the subscription ended before it was confirmed", false)));
    }

    @Override
    public void close() {
        Thread ending;
        synchronized (this) {
            closed = true;
            ending = teller;
        }
        broker.remove(this);
        broker.change(running -> List.copyOf(subscriptions.values()))
                .forEach(each -> each.completeExceptionally(isClosed()));
        if (ending != null) {
            ending.interrupt();
            join(ending);
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
