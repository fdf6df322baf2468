package dev.signalbox.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client of Signalbox over WebSocket. It connects, and connects again until it is closed, and comes back to its session.
 *
 * <p>A call without a connection waits for one, as long as its answer may take. A call whose answer is lost with the connection
 * fails with a {@link ConnectionLostException}, since the server may have done it; a publication is repeated instead, and
 * the topic takes it once. Futures fail with a {@link ClientException}; what depends on them runs on virtual threads.
 *
 * <p>Thread-safe. A client has one thread of its own, and two or three of the JDK's HTTP client.
 */
public final class SignalboxClient implements AutoCloseable {
    private static final Duration PUBLISHING = Duration.ofSeconds(30);

    private final Session session;
    private final Duration timeout;

    private SignalboxClient(Session session, Duration timeout) {
        this.session = session;
        this.timeout = timeout;
    }

    /**
     * Begins to connect, and returns at once.
     *
     * @param url such as {@code wss://example.org/ws}
     * @throws IllegalArgumentException if it is no such URL
     */
    public static SignalboxClient connect(URI url, ClientOptions options, ClientListener listener) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("ws") && !scheme.equals("wss")) {
            throw new IllegalArgumentException("the URL must begin with ws:// or wss://: " + url);
        }
        if (url.getHost() == null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("the URL must name a host and have no fragment (#): " + url);
        }
        Session session = new Session(withPings(url), options, listener);
        session.start();
        return new SignalboxClient(session, options.timeout());
    }

    /** A silent server is told from one that has nothing to say by its pings, which the JDK's WebSocket does not reliably show. */
    private static URI withPings(URI url) {
        String text = url.toString();
        return URI.create(text + (url.getRawQuery() == null ? "?" : "&") + "ping=json");
    }

    public State state() {
        return session.state();
    }

    /** The id that the token stands for; empty before the first welcome. */
    public Optional<String> clientId() {
        return session.client();
    }

    /** The id of the session; empty before the first welcome. */
    public Optional<String> sessionId() {
        return session.id();
    }

    /** Sends to an address, such as {@code client:bob}. Completes once it is on its way. */
    public CompletableFuture<Sent> send(String to, Draft draft) {
        return send(List.of(to), draft);
    }

    /** Sends to several addresses. Completes once each has taken it, and fails if one has not. */
    public CompletableFuture<Sent> send(List<String> to, Draft draft) {
        ObjectNode frame = Frames.frame("send", draft);
        to.forEach(frame.putArray("to")::add);
        return session.call(frame, timeout, false, Frames::sent);
    }

    /**
     * Sends to one client, and completes once that has acknowledged it.
     *
     * @param within how long the server keeps it for the client; 1 ms to 1 h
     */
    public CompletableFuture<Void> sendAcknowledged(String to, Draft draft, Duration within) {
        ObjectNode frame =
                Frames.frame("send", draft).put("to", to).put("ack", true).put("within", within.toMillis());
        return session.call(frame, within.plus(timeout), false, ok -> ok).thenRun(() -> {});
    }

    /**
     * Asks one client or logic, and completes with the reply.
     *
     * @param within how long it may take; 1 ms to 1 h
     */
    public CompletableFuture<Message> request(String to, Draft draft, Duration within) {
        ObjectNode frame = Frames.frame("request", draft).put("to", to).put("within", within.toMillis());
        return session.call(frame, within.plus(timeout), false, Frames::message);
    }

    /** Publishes to a topic, once, under a key of its own. */
    public CompletableFuture<Published> publish(String topic, Draft draft) {
        return publish(topic, draft, UUID.randomUUID().toString());
    }

    /**
     * Publishes to a topic, once: of several messages of this client with the same key, the topic takes the first.
     *
     * @param key 1 to 64 characters
     */
    public CompletableFuture<Published> publish(String topic, Draft draft, String key) {
        ObjectNode frame = Frames.frame("publish", draft).put("topic", topic).put("key", key);
        return session.call(frame, PUBLISHING, true, Frames::published);
    }

    /** Publishes to those who subscribe now. It is not kept, and fails without a connection rather than wait for one. */
    public CompletableFuture<Void> publishVolatile(String topic, Draft draft) {
        if (!session.isOpen()) {
            return CompletableFuture.failedFuture(new ConnectionLostException(
                    "there is no connection, and a volatile message does not wait for one"));
        }
        ObjectNode frame = Frames.frame("publish", draft).put("topic", topic).put("volatile", true);
        return session.call(frame, timeout, false, ok -> ok).thenRun(() -> {});
    }

    /**
     * Subscribes to a topic, or a pattern such as {@code news.*}. Completes once the server has answered; the listener is told from
     * the first message on. A topic can be subscribed to once at a time.
     */
    public CompletableFuture<Subscription> subscribe(String topic, TopicStart start, TopicListener listener) {
        return session.subscriptions().subscribe(topic, start, listener);
    }

    /** Who subscribes to a topic. Changes come in the topic of this name with {@code ~presence} at its end. */
    public CompletableFuture<Presence> presence(String topic) {
        return session.call(Frames.frame("presence").put("topic", topic), timeout, false, Frames::presence);
    }

    /** Ends the session, and waits up to 4 s for the server to confirm that. Calls that wait for answers fail. Idempotent. */
    @Override
    public void close() {
        session.close();
    }
}
