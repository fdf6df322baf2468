package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Moves messages between clients and logic, in memory. Thread-safe. Nothing here blocks, except {@link #drain} and
 * {@link #close}.
 *
 * <p>Messages of one sender to one target keep their order, except towards {@link Logic.Dispatched}, which has none.
 */
public interface Router extends AutoCloseable {

    /** A running router on the system's clock that nobody watches. */
    static Router create(RouterOptions options) {
        return create(options, RouterListener.NONE, InstantSource.system());
    }

    /**
     * A running router.
     *
     * @param clock decides when requests and acknowledged messages expire; looked at four times a second while some wait
     */
    static Router create(RouterOptions options, RouterListener listener, InstantSource clock) {
        return new MessageRouter(options, listener, clock);
    }

    /**
     * Works with other nodes from now on, as one: their clients, logic and topics are reached from here, and those of this node from there. Once,
     * and before the first endpoint. The router closes the link.
     *
     * @throws IllegalStateException if it has joined already, or has an endpoint
     */
    Cluster join(ClusterLink link, ClusterOptions options);

    /**
     * The same, with a history for the topics whose policies want it to be the cluster's: {@link TopicPolicy.Scope#CLUSTER}. The router closes it,
     * too. All nodes have the same policies.
     *
     * @throws IllegalStateException if it has joined already, or has an endpoint
     */
    Cluster join(ClusterLink link, ClusterOptions options, TopicHistory history);

    /** What it has joined; empty if it is alone. */
    Optional<Cluster> cluster();

    /** Starts an endpoint and lets its clients in. The router closes it. @throws EndpointException if it cannot start */
    void attach(Endpoint endpoint);

    /** Registers and starts a logic. @throws IllegalArgumentException if the name is taken, or cannot be an address */
    void add(String name, Logic logic);

    /** Decides from now on what users may do; before, it is {@link Authorizer#WITHOUT_TOPICS}. */
    void authorize(Authorizer authorizer);

    /** Has {@code gatekeeper} asked, from now on, about what clients wish to do with topics. */
    void gate(Gatekeeper gatekeeper);

    /** Stops a logic and forgets it; what waits in its mailbox is dropped and told to the listener. False if unknown. */
    boolean remove(String name);

    /** Adds middleware for what clients send, after that which is there. Runs before anything is delivered. */
    void onReceive(Middleware middleware);

    /**
     * Adds middleware for what is sent to clients, after that which is there. It runs once per message, not per client, and
     * sees the message with its client targets only.
     */
    void onSend(Middleware middleware);

    /**
     * Sends to clients, topics and logic. Whatever does not arrive stands in the report. A client is reached if one of its sessions is;
     * a session that cannot take what another one took, or what a logic sends, is closed as {@link CloseReason#SLOW_CONSUMER}.
     */
    SendReport send(Message message);

    /**
     * Asks one client or logic and completes with the reply, or with a {@link RequestException}. The correlation id is the
     * message's own. What depends on the result runs on the replier's thread: use the {@code …Async} methods to block.
     *
     * @param within greater than zero; more than {@link RouterOptions#maxWait()} is cut to that
     */
    CompletionStage<Message> request(Message message, Duration within);

    /**
     * Sends to one client, to every session of it, until one of them acknowledges. If the client is not connected, or its
     * connection breaks, the message waits and is sent again, with the same id, when it connects. A message to one session
     * ends with that session.
     *
     * <p>Repeating a call with the id of a message that still waits joins that one: each gets the same result in a future of its own, and
     * {@code within} is the first one's. What waits is in memory only and bounded by {@link RouterOptions#acknowledgements()}.
     *
     * @param within greater than zero; more than {@link RouterOptions#maxWait()} is cut to that
     */
    CompletionStage<AckResult> sendAcknowledged(Message message, Duration within);

    /**
     * Publishes to one topic on behalf of the server's own code.
     *
     * @param message with the topic as its only target
     * @param key as in {@link ClientSession#publish}; keys of the server's code and of clients do not meet
     */
    ClientSession.Publishing publish(Message message, Optional<String> key);

    /**
     * As {@link ClientSession#publishVolatile}, on behalf of the server's own code.
     *
     * @param message with the topic as its only target
     */
    ClientSession.Publishing publishVolatile(Message message);

    /**
     * Publishes to one topic on behalf of the server's own code, on those nodes where it is open: where somebody subscribes to it, or it keeps a
     * message. A topic that nobody listens to does not begin with it. It is {@link ClientSession.Publishing.Passed} if it is not open on this node.
     * Where the history is the cluster's, no node knows who listens: then it is as {@link #publish}.
     *
     * @param message with the topic as its only target
     */
    ClientSession.Publishing publishWhereOpen(Message message);

    /**
     * What a topic keeps of the offsets above {@code after}, oldest first: as much as fits into {@code maxBytes} but at least one.
     * Empty if there is no such topic.
     */
    Optional<Topic.Kept> read(String topic, long after, int maxBytes);

    /** How many sessions this node has, those included that wait for their client to come back. */
    int connected();

    /** All sessions of this node, in no order. */
    List<SessionInfo> sessions();

    /** Those of one user, in the order of connecting; empty if the user has none. */
    List<SessionInfo> sessions(String user);

    Optional<SessionInfo> session(UUID id);

    /** The topics that have a subscriber or keep a message, in the order of their names. */
    List<TopicInfo> topics();

    Optional<TopicInfo> topic(String name);

    /**
     * Who subscribes to a topic, on all nodes, if its policy keeps account of that: with {@link ClientSession.Presence.Present} or
     * {@link ClientSession.Presence.Refused}. At once, except where other nodes have to be asked: then within about two seconds. What depends on it must
     * not block.
     *
     * @param after only users with greater ids than this; empty for the first ones
     * @param most users in one answer; 1 to 1,000
     * @throws IllegalArgumentException if it cannot be the name of a topic
     */
    CompletionStage<ClientSession.Presence> presence(String topic, String after, int most);

    /** The topics that a session of this node subscribes to, in the order of their names; empty if there is no such session. */
    List<String> subscriptions(UUID session);

    /**
     * Subscribes a session of any node to a topic, whether its user may or not, from what is published next on. Its client is told, also why not if
     * that is so. A session that waits for its client has the topic when it comes back.
     *
     * @return false if no such session is known, or its client cannot be told; of a session of another node, true once that node is being told
     * @throws IllegalArgumentException if it cannot be the name or the pattern of a topic
     */
    boolean subscribe(UUID session, String topic);

    /** Ends a subscription of a session of any node, whether its client or the server began it. Its client is told. False as with {@link #subscribe}. */
    boolean unsubscribe(UUID session, String topic);

    /** Closes all connections of a user, on all nodes. False if none is known. */
    boolean disconnect(String user, CloseReason reason);

    /** Closes the connection of one session, on any node. False if none is known. */
    boolean disconnect(UUID session, CloseReason reason);

    /**
     * Closes all connections of a user as {@link CloseReason#REMOVED}, and refuses new ones in the same way until {@code end}.
     * In memory: it ends with this node, or with the last one of its cluster, whose nodes all know it. For a user who is banned already, it changes
     * the end.
     *
     * @return false, with nothing done, if 10,000 other users are banned
     * @throws IllegalArgumentException if {@code user} cannot be an address
     */
    boolean ban(String user, Instant end);

    /** When a user's ban ends; empty if there is none. */
    Optional<Instant> bannedUntil(String user);

    /** Lets a user in again. False if the user was not banned. */
    boolean unban(String user);

    /**
     * Refuses new clients and what clients send, until {@link #admit}, and lets logic finish. Those that are connected stay.
     * Repeating continues to wait.
     *
     * @return whether all mailboxes are empty; false if the deadline came first
     */
    boolean drain(Duration deadline) throws InterruptedException;

    /** Lets clients in again, and what they send, after a {@link #drain}. Has no effect once it is being closed. */
    void admit();

    /**
     * Drains for {@link RouterOptions#drain()}, then closes all connections and stops all logic. Idempotent. If interrupted,
     * it closes at once and leaves the interrupt set.
     */
    @Override
    void close();
}
