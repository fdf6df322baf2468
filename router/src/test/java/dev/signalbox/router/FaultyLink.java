package dev.signalbox.router;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A link that loses, repeats or refuses what a test wants it to. */
final class FaultyLink implements ClusterLink {
    private final ClusterLink link;
    private final int maxBytes;
    /** What is published is lost, and the broker seems to have taken it. */
    volatile boolean mute;
    /** What others publish does not arrive, and nobody tells. */
    volatile boolean deaf;
    /** Each publication is carried twice. */
    volatile boolean doubles;
    /** What is lost on the way in. */
    volatile Predicate<Channel> loses = channel -> false;

    /** What the broker refuses. */
    volatile Predicate<Channel> refuses = channel -> false;

    private volatile @Nullable Listener told;

    FaultyLink(ClusterLink link, int maxBytes) {
        this.link = link;
        this.maxBytes = maxBytes;
    }

    @Override
    public int maxBytes() {
        return Math.min(maxBytes, link.maxBytes());
    }

    /** This node believes that its broker is away, until {@link #up}. */
    void down() {
        Objects.requireNonNull(told).down("the test has it down");
    }

    void up() {
        Objects.requireNonNull(told).up();
    }

    /** Something that was published to the channel was lost, and this node is told. */
    void lost(Channel channel) {
        Objects.requireNonNull(told).lost(channel);
    }

    @Override
    public void start(Listener listener) {
        told = listener;
        link.start(new Listener() {
            @Override
            public void received(Channel channel, byte[] bytes) {
                if (!deaf && !loses.test(channel)) {
                    listener.received(channel, bytes);
                }
            }

            @Override
            public void up() {
                listener.up();
            }

            @Override
            public void down(String reason) {
                listener.down(reason);
            }

            @Override
            public void lost(Channel channel) {
                listener.lost(channel);
            }
        });
    }

    @Override
    public CompletionStage<Void> publish(Channel channel, byte[] bytes) {
        if (mute) {
            return CompletableFuture.completedFuture(null);
        }
        if (refuses.test(channel)) {
            return CompletableFuture.failedFuture(new ClusterLinkException("the test refuses it", true));
        }
        CompletionStage<Void> first = link.publish(channel, bytes);
        return doubles ? first.thenCompose(done -> link.publish(channel, bytes)) : first;
    }

    @Override
    public CompletionStage<Void> subscribe(Channel channel) {
        return link.subscribe(channel);
    }

    @Override
    public void unsubscribe(Channel channel) {
        link.unsubscribe(channel);
    }

    @Override
    public void close() {
        link.close();
    }
}
