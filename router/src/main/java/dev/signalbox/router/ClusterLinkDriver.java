package dev.signalbox.router;

import dev.signalbox.router.ClusterLink.Channel;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * For those who write a link: what is special about one kind of broker. {@link ClusterLink#over} makes a link of it, which keeps account of
 * subscriptions, moves them between connections, and tells its listener everything in order, losses included. A driver only connects,
 * subscribes, publishes, and says what becomes of its connections.
 */
public interface ClusterLinkDriver {

    /** A connection to one server, from its beginning to its end. Thread-safe; nothing here blocks. */
    interface Session {
        /**
         * Asks the server for a channel. Its answer is told as {@link Events#confirmed} or {@link Events#refused}, after this has returned. Called
         * under the link's lock.
         */
        void subscribe(Channel channel);

        /** The channel is not wanted any more. Called under the link's lock. */
        void unsubscribe(Channel channel);

        /**
         * Whether the server has the subscription that was asked for last. A channel may be unsubscribed from and subscribed to again before the server has
         * answered the first time; that answer says nothing of the subscription to come. Called under the link's lock.
         */
        boolean isConfirmed(Channel channel);

        /**
         * As {@link ClusterLink#publish}; what one thread publishes keeps its order. Called under the link's lock, so the future may be complete, but
         * nothing of the link may be called before this has returned.
         */
        CompletableFuture<Void> publish(Channel channel, byte[] bytes);

        /** Why it has ended; empty while it has not. Known before {@link Events#ended} is told. */
        Optional<String> end();
    }

    /** The sessions that are to be used now, and for what. Immutable. */
    interface Placement {
        Collection<? extends Session> sessions();

        /** Where the channel is subscribed to and published; empty if nowhere at the moment. */
        Optional<? extends Session> of(Channel channel);
    }

    /** What a driver tells its link, from whichever thread, but under no lock that {@link Session} takes. Nothing here blocks. */
    interface Events {
        /**
         * From now on these sessions count, and no others. Subscriptions that have to move, or are nowhere, are asked for where they belong; what
         * they may miss meanwhile is told.
         *
         * @param problem what does not work all the same, for people; empty if nothing is missing
         */
        void use(Placement placement, Optional<String> problem);

        /** Something does not work; sessions that are in use stay so. */
        void down(String reason);

        /** A session is over. Without effect unless it is in use. */
        void ended(Session session, String reason);

        /** The server has a subscription; nothing comes of it unless {@link Session#isConfirmed}. Again for the same one, it changes nothing. */
        void confirmed(Session session, Channel channel);

        /** The server does not take the subscription: it is asked for again at the next {@link #use}. */
        void refused(Session session, Channel channel, String reason);

        /**
         * The server has ended a subscription that it had confirmed.
         *
         * @return whether it is wanted still, and so is to be asked for by {@link #use}
         */
        boolean interrupted(Session session, Channel channel);

        /** Something was published; the array is the link's from now on. */
        void received(Session session, Channel channel, byte[] bytes);

        /** Others may have published where nobody listened, until now: every subscription may be missing something. */
        void missed();
    }

    /** As {@link ClusterLink#maxBytes}. */
    int maxBytes();

    /** What may wait to be told to the link's listener, in bytes; beyond it publications are dropped and told as lost. */
    long maxUntoldBytes();

    /** What keeps sessions with the servers. */
    interface Connecting extends AutoCloseable {
        /** Ends all sessions; what they have under way fails. Returns once nothing is told any more. */
        @Override
        void close();
    }

    /** Begins to connect on a thread of its own, and goes on trying until what is returned is closed. Once. */
    Connecting start(Events events);
}
