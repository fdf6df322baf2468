package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink.Channel;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A channel that the link's owner wants: where it is subscribed to, and whether the server has confirmed that. Guarded by the link's lock. */
final class RedisSubscription {
    final Channel channel;
    final String name;
    /** Completes when a server has confirmed it for the first time. */
    final CompletableFuture<Void> everConfirmed = new CompletableFuture<>();

    private @Nullable RedisSession session;
    private boolean confirmed;
    private boolean gap;

    RedisSubscription(Channel channel, String name) {
        this.channel = channel;
        this.name = name;
    }

    /** It is asked for there. */
    void placed(RedisSession at) {
        session = at;
        confirmed = false;
    }

    boolean isAt(@Nullable RedisSession at) {
        return session != null && session.equals(at);
    }

    boolean isConfirmed() {
        return confirmed;
    }

    /** The server has it; true if the caller is to tell of a gap. */
    boolean confirm() {
        boolean told = gap;
        gap = false;
        confirmed = true;
        return told;
    }

    /** It is gone from where it was, and something may be missed until it is somewhere again. */
    void interrupted() {
        session = null;
        confirmed = false;
        gap = everConfirmed.isDone();
    }
}
