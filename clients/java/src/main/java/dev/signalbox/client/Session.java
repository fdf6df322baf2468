package dev.signalbox.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client's session with a server, over one connection after another.
 *
 * <p>One thread, the loop, owns all state: the methods are for it, unless they say otherwise. Callers and their futures, the listener
 * and the source of tokens have threads of their own, so that nothing of theirs can hold up the loop.
 */
final class Session implements Connection.Owner {
    /** After this long, a connection counts as good. */
    private static final Duration STABLE = Duration.ofSeconds(5);
    /** For the server's goodbye. */
    private static final Duration GOODBYE = Duration.ofSeconds(3);

    /** In place of a session's token, for one that can be come back to. */
    private static final String NEW = "new";

    private final URI url;
    private final ClientOptions options;
    private final ClientListener listener;
    private final Events events;
    private final Loop loop;
    private final HttpClient http;
    private final Semaphore permits;
    private final Calls calls;
    private final Subscriptions subscriptions;
    private final Deliveries deliveries;
    private final Backoff backoff;
    private final SilenceWatch silence;
    private final LongSupplier nanos;
    private final CountDownLatch ended = new CountDownLatch(1);

    private volatile State state = State.CONNECTING;
    private volatile Optional<String> id = Optional.empty();
    private volatile Optional<String> client = Optional.empty();
    private @Nullable Connection connection;
    /** The next attempt to connect, or after the goodbye its end. */
    private @Nullable ScheduledFuture<?> retry;

    /** The token of the newest connection. */
    private String token = "";

    private String resume = NEW;
    private int refused;
    private long welcomedAt;

    Session(URI url, ClientOptions options, ClientListener listener) {
        this(url, options, listener, Backoff.withJitter(options.retry()), System::nanoTime);
    }

    /** @param nanos the time, as of {@link System#nanoTime} */
    Session(URI url, ClientOptions options, ClientListener listener, Backoff backoff, LongSupplier nanos) {
        this.url = url;
        this.options = options;
        this.listener = listener;
        this.events = new Events(listener, options.maxEvents());
        this.loop = new Loop(this::failed);
        HttpClient.Builder builder = HttpClient.newBuilder();
        options.tls().ifPresent(builder::sslContext);
        this.http = builder.build();
        this.silence = new SilenceWatch(loop, nanos);
        this.permits = new Semaphore(options.maxCalls());
        this.calls = new Calls(loop, this::write);
        this.subscriptions = new Subscriptions(this, listener, events, options.retry());
        this.deliveries = new Deliveries(this, listener, events);
        this.backoff = backoff;
        this.nanos = nanos;
    }

    /** For any thread, once. */
    void start() {
        loop.execute(this::connect);
    }

    /** For any thread, as are the next four. */
    State state() {
        return state;
    }

    Optional<String> id() {
        return id;
    }

    Optional<String> client() {
        return client;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    Loop loop() {
        return loop;
    }

    /** A fault of our own: whatever was left undone, there is another attempt to connect. */
    private void failed(Throwable fault) {
        events.problem(fault);
        if (connection != null) {
            connection.leave(CloseCodes.BROKEN, "this client failed: " + fault);
        } else if (state != State.WAITING) {
            again(Duration.ZERO);
        }
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Sends a frame and waits for its answer. For any thread. */
    <T> CompletableFuture<T> call(
            ObjectNode frame, Duration timeout, boolean repeatable, Function<JsonNode, T> answer) {
        if (!permits.tryAcquire()) {
            return CompletableFuture.failedFuture(new TooManyCallsException(options.maxCalls()));
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        Calls.Outcome outcome = new Calls.Outcome() {
            @Override
            public void answered(JsonNode ok) {
                permits.release();
                var _ = future.completeAsync(() -> answer.apply(ok), Loop.CALLBACKS);
            }

            @Override
            public void failed(ClientException why) {
                permits.release();
                Loop.CALLBACKS.execute(() -> future.completeExceptionally(why));
            }
        };
        if (!loop.tryExecute(() -> begin(frame, timeout, repeatable, outcome))) {
            outcome.failed(ConnectionLostException.closed());
        }
        return future;
    }

    void begin(ObjectNode frame, Duration timeout, boolean repeatable, Calls.Outcome outcome) {
        if (isClosed()) {
            outcome.failed(ConnectionLostException.closed());
        } else {
            calls.begin(frame, timeout, repeatable, outcome);
        }
    }

    /** False if there is no connection. Throws a {@link RefusedException} at a frame that is larger than the server takes. */
    boolean write(ObjectNode frame) {
        if (!isOpen() || connection == null) {
            return false;
        }
        connection.write(Frames.text(frame));
        // It may have been one too many for a server that does not read, and have ended the connection.
        return isOpen();
    }

    private void connect() {
        become(State.CONNECTING);
        Thread.ofVirtual().name("signalbox-client-token").start(() -> {
            try {
                String token = options.tokens().token();
                loop.execute(() -> open(token));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                loop.execute(() -> again(Duration.ZERO));
            } catch (Exception | Error e) {
                events.problem(e);
                loop.execute(() -> again(Duration.ZERO));
            }
        });
    }

    private void open(String token) {
        if (state != State.CONNECTING) {
            return;
        }
        this.token = token;
        connection = Connection.open(http, url, options.timeout(), loop, this);
    }

    @Override
    public void opened(Connection opened) {
        silence.awaitWelcome(opened, options.timeout());
        opened.write(Frames.text(auth()));
    }

    @Override
    public void ponged(Connection from) {
        if (from == connection) {
            silence.ponged();
        }
    }

    private ObjectNode auth() {
        ObjectNode frame = Frames.frame("auth").put("token", token);
        if (options.resume()) {
            frame.put("resume", resume);
        }
        if (options.resume() && !resume.equals(NEW)) {
            subscriptions.seen(frame.putObject("seen"));
        }
        return frame;
    }

    @Override
    public void text(Connection from, String text) {
        if (from != connection) {
            return;
        }
        silence.heard();
        try {
            Frames.each(text, frame -> received(from, frame));
        } catch (JacksonException e) {
            from.leave(CloseCodes.BROKEN, "the server sent what is not JSON");
            return;
        }
        if (events.hasRoom(() -> loop.execute(() -> readOn(from)))) {
            from.readOn();
        } else {
            silence.pause();
        }
    }

    /** The listener has caught up. */
    private void readOn(Connection from) {
        if (from == connection) {
            silence.resume();
            from.readOn();
        }
    }

    private void received(Connection from, JsonNode frame) {
        String topic = Frames.string(frame, "topic");
        switch (frame.path("type").asString("")) {
            case "welcome" -> welcome(from, frame);
            case "message" -> {
                if (topic == null) {
                    deliveries.received(frame);
                } else {
                    subscriptions.received(topic, frame);
                }
            }
            case "gap" -> subscriptions.gap(frame);
            case "subscribed" -> subscriptions.chosen(frame);
            case "unsubscribed" -> subscriptions.ended(String.valueOf(topic));
            case "request" -> deliveries.asked(frame);
            case "ping" -> write(Frames.frame("pong"));
            case "ok", "reply" -> calls.answered(frame);
            case "error" -> failed(frame);
            default -> {
                // A later version of the protocol may have more; what this one needs it knows.
            }
        }
    }

    private void failed(JsonNode frame) {
        RefusedException why = Frames.refusal(frame);
        if (!calls.fail(Frames.string(frame, "id"), why)) {
            events.problem(why);
        }
    }

    private void welcome(Connection from, JsonNode frame) {
        Optional<String> before = id;
        String session = frame.path("session").asString("");
        id = Optional.of(session);
        client = Frames.optional(frame, "client");
        JsonNode resumption = frame.path("resume");
        resume = resumption.path("token").asString(NEW);
        refused = 0;
        welcomedAt = nanos.getAsLong();
        from.limit(frame.path("limits").path("frame").asInt(Integer.MAX_VALUE));
        silence.begin(from, frame.path("limits").path("idle").asLong(60_000));
        become(State.OPEN);
        subscriptions.goOn(resumption.path("topics"));
        calls.connected();
        before.ifPresent(old -> cameBack(session, old.equals(session)));
    }

    private void cameBack(String session, boolean resumed) {
        if (resumed) {
            deliveries.resumed();
            events.add(() -> listener.onResumed(session));
        } else {
            deliveries.restarted();
            events.add(() -> listener.onRestarted(session));
        }
    }

    @Override
    public void ended(Connection over, int code, String reason) {
        if (over != connection) {
            return;
        }
        connection = null;
        silence.stop();
        boolean wasOpen = isOpen();
        if (code == CloseCodes.TOO_LARGE) {
            calls.refuseLargest();
        }
        calls.lost();
        refused += code == CloseCodes.UNAUTHENTICATED ? 1 : 0;
        if (isClosed()) {
            finish();
        } else if (CloseCodes.isFinal(code, refused, !(options.tokens() instanceof FixedToken))
                || (code == CloseCodes.TOO_LARGE && !wasOpen && !canSayLess())) {
            end(code, reason);
            finish();
        } else {
            if (wasOpen && nanos.getAsLong() - welcomedAt > STABLE.toNanos()) {
                backoff.reset();
            }
            events.problem(ConnectionLostException.ended(code, reason));
            again(CloseCodes.pauseAfter(code));
        }
    }

    /** Without the session to come back to, and its topics, the first frame is as small as it can be. */
    private boolean canSayLess() {
        boolean saidMore = !resume.equals(NEW);
        resume = NEW;
        return saidMore;
    }

    private void again(Duration pause) {
        if (!isClosed()) {
            retry = loop.later(backoff.next(pause), this::connect);
            become(State.WAITING);
        }
    }

    private void end(int code, String reason) {
        become(State.CLOSED);
        silence.stop();
        Loop.cancel(retry);
        calls.failAll(ConnectionLostException.ended(code, reason));
        subscriptions.close();
        events.add(() -> listener.onClosed(code, reason));
    }

    private void become(State next) {
        state = next;
        events.add(() -> listener.onState(next));
    }

    /** For any thread but the loop's. Waits for the server's goodbye, for {@link #GOODBYE} at most. */
    void close() {
        loop.execute(this::sayGoodbye);
        try {
            if (!ended.await(GOODBYE.toMillis() + 1_000, TimeUnit.MILLISECONDS)) {
                events.problem(new IllegalStateException("the client did not end in time"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sayGoodbye() {
        if (isClosed()) {
            return;
        }
        end(CloseCodes.GOODBYE, "closed by this side");
        Connection last = connection;
        if (last == null) {
            finish();
        } else {
            retry = loop.later(GOODBYE, () -> last.leave(CloseCodes.GOODBYE, ""));
            last.close();
        }
    }

    /** Nothing is left to do; what is still asked of the loop is answered that the client is closed. */
    private void finish() {
        Loop.cancel(retry);
        http.shutdownNow();
        loop.end();
        ended.countDown();
    }
}
