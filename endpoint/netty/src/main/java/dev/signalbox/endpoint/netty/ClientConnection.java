package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Connection;
import dev.signalbox.router.Message;
import dev.signalbox.router.Position;
import dev.signalbox.router.Resumption;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out to one client. What implements {@link Connection} is for any thread; the rest is for the event loop's, and
 * that is why its fields need no lock.
 */
final class ClientConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
    /** In place of an object for each connection. */
    private static final AtomicIntegerFieldUpdater<ClientConnection> QUEUED =
            AtomicIntegerFieldUpdater.newUpdater(ClientConnection.class, "queued");

    private final EventLoop loop;
    private final LoopOutbox outbox;
    private final Wire wire;
    private final WireFormat format;
    private final int maxOutboundBytes;
    private final Duration closeTimeout;
    private final Life life;
    private final Peer peer;
    private final Consumer<CloseReason> onClosing;
    /** Bytes that wait in the outbox. */
    private volatile int queued;

    private volatile @Nullable CloseReason closing;

    private volatile boolean refused;
    private @Nullable Listener listener;

    /** What a session is told of its connection; on the event loop. */
    interface Listener {
        /** There is room again after {@link #offer} refused something. */
        void writable();

        /** The server wishes the session to have a topic. */
        void join(String topic);

        /** The server wishes the session to leave a topic. */
        void leave(String topic);
    }

    /** Where it stands in the outbox. */
    final Places places = new Places();

    /** Whether it needs a flush. */
    boolean dirty;

    /** By topic, the place of the last message that was written; "" is what goes to all. Known once it has ended. */
    Map<String, Position> written = Map.of();

    private boolean closeSent;
    private boolean saidGoodbye;
    private boolean failed;

    /**
     * What writes to it and how.
     *
     * @param outbox the event loop's
     * @param visiblePings whether pings go in JSON, where the client's code can see them
     */
    record Route(EventLoop loop, LoopOutbox outbox, Wire wire, WireFormat format, boolean visiblePings) {}

    /** Tells {@code onClosing} once, on the event loop, when closing begins. */
    ClientConnection(Route route, ListenerOptions options, Peer peer, Consumer<CloseReason> onClosing) {
        this.loop = route.loop();
        this.outbox = route.outbox();
        this.wire = route.wire();
        this.format = route.format();
        this.maxOutboundBytes = options.limits().maxOutboundBytes();
        this.closeTimeout = options.timeouts().close();
        this.life = new Life(this, options, route.visiblePings());
        this.peer = peer;
        this.onClosing = onClosing;
    }

    WireFormat format() {
        return format;
    }

    Wire wire() {
        return wire;
    }

    Life life() {
        return life;
    }

    /** Whether there is room on the wire. */
    boolean isWritable() {
        return wire.isWritable();
    }

    /** Whether what is newest can be written: it is writable, and nothing older waits. */
    boolean mayWrite() {
        return isOpen() && places.nextHeld() == null && wire.isWritable();
    }

    /** Whether something older has to be written first, or there is no room. */
    boolean mustWait() {
        Member all = places.everyone;
        return all != null && (all.isLagging() || !mayWrite());
    }

    /** Whether it has something to be written once it is writable. */
    boolean isWaiting() {
        return mustWait() || places.topics().stream().anyMatch(Member::isLagging);
    }

    /** From now on it gets what goes to all. */
    void join() {
        outbox.join(this);
    }

    /** It has joined, and goes on with what it followed over another connection. */
    void goOn(Resumption.Resumed resumed) {
        outbox.goOn(this, resumed);
    }

    /** On the event loop; before, there is no session that could be told. */
    void tells(Listener told) {
        listener = told;
    }

    boolean isOpen() {
        return !closeSent;
    }

    /** Whether the client broke the protocol, so that what it sends cannot be read any more. */
    boolean isFailed() {
        return failed;
    }

    @Override
    public boolean offer(Message message) {
        int weight = LoopOutbox.weight(message);
        if (!reserve(weight)) {
            refused = true;
            // Race: there may be room since just before that was noted; then nobody would tell.
            if (!hasRoom() || !reserve(weight)) {
                return false;
            }
        }
        outbox.enqueue(new OutboxTask.Send(this, message));
        return true;
    }

    private boolean hasRoom() {
        return queued <= maxOutboundBytes / 2;
    }

    /** As {@link #offer}, for what only concerns this client; a client that does not even read that is closed. */
    void answer(byte[] json) {
        OutboxTask.Answer answer = new OutboxTask.Answer(this, json);
        if (reserve(answer.weight())) {
            outbox.enqueue(answer);
        } else {
            close(CloseReason.SLOW_CONSUMER);
        }
    }

    @Override
    public void refused(UUID message, RouteError error) {
        answer(ServerFrames.refused(message, error));
    }

    private boolean reserve(int bytes) {
        if (closing != null) {
            return false;
        }
        int waiting = QUEUED.addAndGet(this, bytes);
        if (waiting > maxOutboundBytes && waiting > bytes) {
            QUEUED.addAndGet(this, -bytes);
            return false;
        }
        return true;
    }

    void dequeued(int bytes) {
        QUEUED.addAndGet(this, -bytes);
        if (refused && hasRoom()) {
            refused = false;
            Optional.ofNullable(listener).ifPresent(Listener::writable);
        }
    }

    @Override
    public boolean subscribe(String topic) {
        return wish(each -> each.join(topic));
    }

    @Override
    public boolean unsubscribe(String topic) {
        return wish(each -> each.leave(topic));
    }

    /** In turn with what the client does: so neither undoes half of what the other did. */
    private boolean wish(Consumer<Listener> what) {
        return onLoop(() -> Optional.ofNullable(listener).ifPresent(what)) && closing == null;
    }

    /** Runs something on the event loop, later. False if that has ended, and with it the connection: then it never runs. */
    boolean onLoop(Runnable work) {
        try {
            loop.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("the event loop of {} has ended", peer, e);
            return false;
        }
    }

    /** What is published to the topic after {@code after} is sent to it from now on, and before that {@code ok}. */
    void subscribe(Topic topic, long after, byte[] ok) {
        OutboxTask.Answer answer = new OutboxTask.Answer(this, ok);
        if (reserve(answer.weight())) {
            outbox.enqueue(new OutboxTask.Subscribe(topic, after, answer));
        } else {
            close(CloseReason.SLOW_CONSUMER);
        }
    }

    void drop(String topic) {
        outbox.enqueue(new OutboxTask.Unsubscribe(this, topic));
    }

    /** There is room on the wire, or no longer. */
    void writabilityChanged() {
        if (wire.isWritable() && isWaiting()) {
            outbox.enqueue(new OutboxTask.Resume(this));
        }
    }

    @Override
    public void close(CloseReason reason) {
        if (closing == null) {
            closing = reason;
            outbox.enqueue(new OutboxTask.Close(this, reason));
        }
    }

    @Override
    public String remoteAddress() {
        return peer.toString();
    }

    /** Writes whole frames, which it takes over; they leave with the next flush. */
    void write(ByteBuf frames) {
        wire.write(frames);
    }

    void flush() {
        wire.flush();
    }

    /** A frame that is sent at once. */
    void text(byte[] json) {
        write(LoopOutbox.frame(json, format));
        flush();
    }

    /** Says goodbye and waits a little for the client to do the same. */
    void closeNow(CloseReason reason) {
        if (!closeSent) {
            closing(reason);
            wire.goodbye(CloseCode.of(reason));
        }
    }

    /** The client broke the protocol: says why and does not wait for an answer. */
    void fail(ProtocolViolation violation) {
        failed = true;
        if (closeSent) {
            wire.close();
        } else {
            closing(violation.reason());
            wire.fail(violation.code());
        }
    }

    private void closing(CloseReason reason) {
        closeSent = true;
        closing = reason;
        outbox.leave(this);
        onClosing.accept(reason);
        ScheduledFuture<?> _ = loop.schedule(wire::close, closeTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether the client may come back to its session: it did not say goodbye, fell silent, or needs a new token. */
    boolean isLost(CloseReason reason) {
        return reason == CloseReason.IDLE
                || reason == CloseReason.EXPIRED
                || (reason == CloseReason.GONE && !saidGoodbye);
    }

    Map<String, Position> written() {
        return written;
    }

    /** The client says goodbye. What was sent to it before goes first. */
    void closedByClient(byte[] status) {
        outbox.enqueue(new OutboxTask.Leave(this, status));
    }

    /** Answers the client's goodbye, unless ours was first, and closes. */
    void leave(byte[] status) {
        boolean first = !closeSent;
        saidGoodbye = CloseCode.isGoodbye(status);
        if (first) {
            closing(CloseReason.GONE);
        }
        wire.farewell(status, first);
    }

    /** The wire is broken. */
    void disconnected() {
        closeSent = true;
        if (closing == null) {
            closing = CloseReason.GONE;
        }
        outbox.leave(this);
    }
}
