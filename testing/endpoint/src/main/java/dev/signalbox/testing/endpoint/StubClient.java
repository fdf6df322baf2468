package dev.signalbox.testing.endpoint;

import dev.signalbox.router.Address;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Connection;
import dev.signalbox.router.Draft;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.SendReport;
import dev.signalbox.router.TopicStart;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client of a {@link StubEndpoint}. Addresses are written as in the protocol, such as {@code logic:clock}. Thread-safe. */
public final class StubClient implements AutoCloseable {
    private final Consumer<StubClient> onEnd;
    private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
    private final Map<String, StubSubscription> subscriptions = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable CloseReason> closed = new AtomicReference<>();
    private final CompletableFuture<ClientSession> session = new CompletableFuture<>();

    StubClient(Consumer<StubClient> onEnd) {
        this.onEnd = onEnd;
    }

    void begin(ClientSession admitted) {
        session.complete(admitted);
        admitted.toJoin().forEach(topic -> subscribe(topic, new TopicStart.Now()));
        // Race: the router may have closed the connection before the session was known here.
        CloseReason reason = closed.get();
        if (reason != null) {
            leave(admitted, reason);
        }
    }

    /** What the router writes to. */
    Connection connection() {
        return new Connection() {
            @Override
            public boolean offer(Message message) {
                return take(message);
            }

            @Override
            public boolean subscribe(String topic) {
                ClientSession known = session.getNow(null);
                return known != null
                        && known.join(topic) instanceof Subscribing.Subscribed subscribed
                        && begun(topic, subscribed);
            }

            @Override
            public boolean unsubscribe(String topic) {
                return session.isDone() && StubClient.this.unsubscribe(topic);
            }

            @Override
            public void close(CloseReason reason) {
                end(reason);
            }

            @Override
            public String remoteAddress() {
                return "stub";
            }
        };
    }

    boolean take(Message message) {
        return closed.get() == null && received.add(message);
    }

    void end(CloseReason reason) {
        if (closed.compareAndSet(null, reason)) {
            onEnd.accept(this);
            ClientSession known = session.getNow(null);
            if (known != null) {
                leave(known, reason);
            }
        }
    }

    private void leave(ClientSession known, CloseReason reason) {
        subscriptions.values().forEach(StubSubscription::end);
        known.disconnected(reason);
    }

    /** The session itself, for what this class has no method for. */
    public ClientSession session() {
        return session.join();
    }

    /** The next message that came, topics and what goes to all included. @throws AssertionError if none comes in time */
    public Message next(Duration within) throws InterruptedException {
        Message next = received.poll(within.toNanos(), TimeUnit.NANOSECONDS);
        if (next == null) {
            throw new AssertionError("no message came within " + within);
        }
        return next;
    }

    /** What came and was not taken with {@link #next}, oldest first. */
    public List<Message> waiting() {
        return List.copyOf(received);
    }

    /** Why the connection ended; empty while it has not. */
    public Optional<CloseReason> closed() {
        return Optional.ofNullable(closed.get());
    }

    public SendReport send(String to, String text) {
        return session().send(draft(to, text));
    }

    /** As {@link ClientSession#request}. */
    public CompletionStage<Message> request(String to, String text, Duration within) {
        return session().request(draft(to, text), within);
    }

    private static Draft draft(String to, String text) {
        return new Draft(List.of(Address.parse(to)), Payload.text(text), Map.of());
    }

    /** Answers a request that came. */
    public SendReport reply(Message request, String text) {
        return session().reply(request.id(), Payload.text(text), Map.of());
    }

    /** As {@link ClientSession#acknowledge}. */
    public boolean acknowledge(Message message) {
        return session().acknowledge(message.id());
    }

    /** What comes of publishing to a topic. */
    public Publishing publish(String topic, String text) {
        Publishing publishing = session().publish(draft("topic:" + topic, text), Optional.empty());
        return publishing instanceof Publishing.Later(CompletionStage<Publishing> outcome)
                ? outcome.toCompletableFuture().join()
                : publishing;
    }

    /** Subscribes to a topic, or to a pattern of topics. @throws IllegalStateException if it may not */
    public void subscribe(String topic, TopicStart from) {
        switch (session().subscribe(topic, from)) {
            case Subscribing.Refused(var error) -> throw new IllegalStateException(error.message());
            case Subscribing.Subscribed subscribed -> begun(topic, subscribed);
            case Subscribing.Later(CompletionStage<Optional<RouteError>> ready) -> {
                ready.toCompletableFuture().join().ifPresent(error -> {
                    throw new IllegalStateException(error.message());
                });
                subscribe(topic, from);
            }
        }
    }

    private boolean begun(String topic, Subscribing.Subscribed subscribed) {
        StubSubscription begun = new StubSubscription(subscribed.topic(), this::take);
        StubSubscription earlier = subscriptions.put(topic, begun);
        if (earlier != null) {
            earlier.end();
        }
        begun.begin(subscribed.after());
        return true;
    }

    /** False if it does not subscribe to it. */
    public boolean unsubscribe(String topic) {
        StubSubscription ended = subscriptions.remove(topic);
        if (ended != null) {
            ended.end();
        }
        return session().unsubscribe(topic);
    }

    /** Says goodbye. Idempotent. */
    @Override
    public void close() {
        end(CloseReason.GONE);
    }
}
