package dev.signalbox.router;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * One session over one connection, as its endpoint sees it: what the client does is called here. Thread-safe; nothing blocks. To
 * keep a client's messages in order, call from one thread at a time.
 */
public interface ClientSession {

    SessionInfo info();

    /** How the client can come back to the session, and what of it goes on here; empty if the session ends with its connection. */
    Optional<Resumption> resumption();

    /** Sends on behalf of the user. */
    SendReport send(Draft draft);

    /**
     * Asks one client or logic and completes with the reply, or with a {@link RequestException}. It ends with the connection. What
     * depends on the result must not block: it may run on the router's own threads.
     *
     * @param within greater than zero; more than the router's longest wait is cut to that
     */
    CompletionStage<Message> request(Draft draft, Duration within);

    /** Answers a message of intent {@link Intent.Ask} that this client received. */
    SendReport reply(UUID request, Payload payload, Map<String, String> headers);

    /** As {@link Router#sendAcknowledged}, but it ends with the connection. What depends on the result must not block. */
    CompletionStage<AckResult> sendAcknowledged(Draft draft, Duration within);

    /** The client has the message. False if nothing waited for that: it expired, or was acknowledged before. */
    boolean acknowledge(UUID message);

    /**
     * The client has a message that wants to be acknowledged, and does not want it; or it will not answer a message of intent {@link Intent.Ask}, whose
     * sender is told so once no other session of the client is left that may. False if nothing waited for it.
     */
    boolean refuse(UUID message, String reason);

    /** There is room again for what the connection refused. */
    void writable();

    /** What came of a wish to subscribe. */
    sealed interface Subscribing {
        /**
         * It is allowed. The endpoint attaches itself to the topic and reads from {@code after} on, until
         * {@link ClientSession#unsubscribe} or the end of the connection.
         *
         * @param recovered false if something was lost between the position that was asked for and {@code after}, or after that
         */
        record Subscribed(Topic topic, long after, boolean recovered) implements Subscribing {}

        /** It is not. */
        record Refused(RouteError error) implements Subscribing {}

        /**
         * The topic's history, which is the cluster's, is being read: subscribe again once this has completed, unless it completes with a reason why
         * not. What depends on it must not block.
         */
        record Later(CompletionStage<Optional<RouteError>> ready) implements Subscribing {}
    }

    /** Subscribes to a topic; again for the same one, it begins anew. */
    Subscribing subscribe(String topic, TopicStart from);

    /**
     * What has to be awaited before {@link #subscribe}: the answer of a {@link Gatekeeper}, which is empty if the client may. Empty if there is
     * nothing to ask, which then says nothing about whether it may. Frames of the client that come meanwhile have to wait, to keep their order.
     */
    Optional<CompletionStage<Optional<RouteError>>> askToSubscribe(String topic);

    /** The same before a {@link #send}, {@link #publish} or {@link #publishVolatile} whose targets may be topics. */
    Optional<CompletionStage<Optional<RouteError>>> askToPublish(Draft draft);

    /** Subscribes to a topic by the server's wish, whether its user may or not, from what is published next on. */
    Subscribing join(String topic);

    /**
     * The topics that the credentials name for the session to subscribe to, without those that it does subscribe to: once the client is
     * welcome, the endpoint subscribes to them, and tells the client.
     */
    List<String> toJoin();

    /** False if the session does not subscribe to it. */
    boolean unsubscribe(String topic);

    /** What came of asking who subscribes to a topic. */
    sealed interface Presence {
        /**
         * They are users.
         *
         * @param users in the order of their ids; 1,000 at most
         * @param count how many there are, on all nodes
         * @param isComplete false if another node, which may have more, has not told in time
         */
        record Present(List<String> users, int count, boolean isComplete) implements Presence {
            public Present {
                users = List.copyOf(users);
            }
        }

        /** The session may not know, or nobody keeps account of it. */
        record Refused(RouteError error) implements Presence {}

        /** Other nodes are asked first: it completes with one of the others, after about two seconds at most. What depends on it must not block. */
        record Later(CompletionStage<Presence> outcome) implements Presence {}
    }

    /** Who subscribes to a topic, on all nodes; for those who may subscribe to it themselves. */
    Presence presence(String topic);

    /** What came of publishing. */
    sealed interface Publishing {
        /** It is in the topic, now or since an earlier call with the same key. */
        record Published(Position position, boolean repeated) implements Publishing {}

        /** It went to those who subscribe now, and has no place. */
        record Passed() implements Publishing {}

        /** It is not. */
        record Refused(RouteError error) implements Publishing {}

        /**
         * The topic's history is the cluster's, and has not answered yet. It completes with one of the others; what depends on it must not block. If it
         * is refused as {@link ErrorCode#TIMEOUT}, the message may be in the topic all the same.
         */
        record Later(CompletionStage<Publishing> outcome) implements Publishing {}
    }

    /**
     * Publishes to one topic.
     *
     * @param draft with the topic as its only target
     * @param key the client's own name for the message: of several with the same one, the topic takes the first. It is remembered
     *     for the last 1,024 messages with a key at least
     */
    Publishing publish(Draft draft, Optional<String> key);

    /**
     * Publishes to those who subscribe to one topic now. It is not kept: who lags, or is away, does not get it and is not told.
     *
     * @param draft with the topic as its only target
     */
    Publishing publishVolatile(Draft draft);

    /**
     * The connection broke, or fell silent: the session waits for another one, if it is one that the client can come back to.
     * Otherwise it ends. Of this and {@link #disconnected}, only the first call counts.
     *
     * @param written by topic, the place of the last message that was written to the connection; {@code ""} stands for what goes
     *     to all
     */
    void lost(CloseReason reason, Map<String, Position> written);

    /** The connection is closed, and with it the session ends. */
    void disconnected(CloseReason reason);
}
