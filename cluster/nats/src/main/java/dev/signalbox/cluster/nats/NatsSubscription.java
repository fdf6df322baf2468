package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink.Channel;
import java.util.concurrent.CompletableFuture;

/** A channel that the link's owner wants, over all connections. Guarded by the link's lock. */
final class NatsSubscription {
    final Channel channel;
    final String subject;
    /** Completes when a server has confirmed it for the first time. */
    final CompletableFuture<Void> confirmed = new CompletableFuture<>();
    /** Whether something may have been missed that is not told yet. */
    private boolean gap;

    NatsSubscription(Channel channel, String subject) {
        this.channel = channel;
        this.subject = subject;
    }

    /** The connection it was on is gone. */
    void interrupted() {
        gap = confirmed.isDone();
    }

    /** True once after each interruption: the caller then tells of the gap. */
    boolean takeGap() {
        boolean taken = gap;
        gap = false;
        return taken;
    }
}
