package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.LoopOutbox.Task;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Connection;
import dev.signalbox.router.Message;
import dev.signalbox.router.Position;
import dev.signalbox.router.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way out to one client. What implements {@link Connection} is for any thread; the rest is for the event loop's, and
 * that is why its fields need no lock.
 */
final class WebSocketConnection implements Connection {
    /** What could not be written when it came, and the offset of what went to all before it. */
    record Held(Task.Direct task, long after) {}

    private final Channel channel;
    private final LoopOutbox outbox;
    private final int maxOutboundBytes;
    private final Duration closeTimeout;
    private final Duration idle;
    private final int minBytesPerSecond;
    private final Peer peer;
    private final Greeting greeting;
    private final Consumer<CloseReason> onClosing;
    private final AtomicInteger queued = new AtomicInteger();
    private volatile @Nullable CloseReason closing;

    private volatile boolean refused;
    private volatile Runnable onRoom = () -> {};

    /** Where it stands in the outbox: in what goes to all, in other topics, what is held, and if it needs a flush. */
    @Nullable
    Member everyone;

    final Map<String, Member> topics = new HashMap<>(0);
    final Queue<Held> held = new ArrayDeque<>(1);
    boolean dirty;

    /** By topic, the place of the last message that was written; "" is what goes to all. Known once it has ended. */
    Map<String, Position> written = Map.of();

    private boolean closeSent;
    private boolean saidGoodbye;
    private boolean failed;
    private long heardAt = System.nanoTime();
    private long pingedAt = heardAt;
    /** The message that is coming in: how much of it has come since when. */
    private int underWay;

    private long underWaySince;

    /** Tells {@code onClosing} once, on the event loop, when closing begins. */
    WebSocketConnection(
            Channel channel,
            LoopOutbox outbox,
            WebSocketOptions options,
            Peer peer,
            Greeting greeting,
            Consumer<CloseReason> onClosing) {
        this.channel = channel;
        this.outbox = outbox;
        this.maxOutboundBytes = options.limits().maxOutboundBytes();
        this.closeTimeout = options.timeouts().close();
        this.idle = options.timeouts().idle();
        this.minBytesPerSecond = options.limits().minBytesPerSecond();
        this.peer = peer;
        this.greeting = greeting;
        this.onClosing = onClosing;
    }

    Channel channel() {
        return channel;
    }

    /** Whether it wants binary payloads as they are. */
    boolean isRaw() {
        return greeting.raw();
    }

    /** Whether its socket's queue has room. */
    boolean isWritable() {
        return channel.isWritable();
    }

    /** Whether what is newest can be written: it is writable, and nothing older waits. */
    boolean mayWrite() {
        return isOpen() && held.isEmpty() && channel.isWritable();
    }

    /** Whether something older has to be written first, or there is no room. */
    boolean mustWait() {
        Member all = everyone;
        return all != null && (all.isLagging() || !mayWrite());
    }

    /** Whether it has something to be written once it is writable. */
    boolean isWaiting() {
        return mustWait() || topics.values().stream().anyMatch(Member::isLagging);
    }

    /** Told on the event loop when there is room again after {@link #offer} refused something. */
    void onRoom(Runnable changed) {
        onRoom = changed;
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
        outbox.enqueue(new Task.Send(this, message));
        return true;
    }

    private boolean hasRoom() {
        return queued.get() <= maxOutboundBytes / 2;
    }

    /** As {@link #offer}, for what only concerns this client; a client that does not even read that is closed. */
    void answer(byte[] json) {
        ByteBuf frame = textFrame(json);
        int weight = frame.readableBytes() + LoopOutbox.TASK_OVERHEAD;
        if (reserve(weight)) {
            outbox.enqueue(new Task.Answer(this, frame, weight));
        } else {
            close(CloseReason.SLOW_CONSUMER);
        }
    }

    /** On the heap, so that nobody needs to release it if it is never written. */
    static ByteBuf textFrame(byte[] json) {
        ByteBuf frame = Unpooled.buffer(json.length + 10);
        FrameEncoder.frame(FrameEncoder.TEXT, json, json.length, frame);
        return frame;
    }

    private boolean reserve(int bytes) {
        if (closing != null) {
            return false;
        }
        int waiting = queued.addAndGet(bytes);
        if (waiting > maxOutboundBytes && waiting > bytes) {
            queued.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void dequeued(int bytes) {
        queued.addAndGet(-bytes);
        if (refused && hasRoom()) {
            refused = false;
            onRoom.run();
        }
    }

    /** What is published to the topic after {@code after} is sent to it from now on, and before that {@code ok}. */
    void subscribe(Topic topic, long after, byte[] ok) {
        ByteBuf frame = textFrame(ok);
        int weight = frame.readableBytes() + LoopOutbox.TASK_OVERHEAD;
        if (reserve(weight)) {
            outbox.enqueue(new Task.Subscribe(topic, after, new Task.Answer(this, frame, weight)));
        } else {
            close(CloseReason.SLOW_CONSUMER);
        }
    }

    void unsubscribe(String topic) {
        outbox.enqueue(new Task.Unsubscribe(this, topic));
    }

    /** There is room in its socket's queue, or no longer. */
    void writabilityChanged() {
        if (channel.isWritable() && isWaiting()) {
            outbox.enqueue(new Task.Resume(this));
        }
    }

    @Override
    public void close(CloseReason reason) {
        if (closing == null) {
            closing = reason;
            outbox.enqueue(new Task.Close(this, reason));
        }
    }

    @Override
    public String remoteAddress() {
        return peer.toString();
    }

    /** Writes whole frames, which it takes over; they leave with the next flush. */
    void write(ByteBuf frames) {
        var _ = channel.write(frames, channel.voidPromise());
        if (!channel.isWritable()) {
            // More than may wait, unless the socket only needs to be told.
            channel.flush();
        }
    }

    void flush() {
        channel.flush();
    }

    /** Says goodbye and waits a little for the client to do the same, as RFC 6455 asks (7.1.1). */
    void closeNow(CloseReason reason) {
        if (!closeSent) {
            closing(reason);
            var _ = channel.writeAndFlush(closeFrame(CloseCode.of(reason)), channel.voidPromise());
        }
    }

    /** Says why and does not wait for an answer, which could not be read (7.1.7). */
    void fail(ProtocolViolation violation) {
        failed = true;
        if (closeSent) {
            closeChannel();
        } else {
            closing(violation.reason());
            var _ = writeAndFlush(closeFrame(violation.code())).addListener((ChannelFutureListener) HalfClose::output);
        }
    }

    private void closing(CloseReason reason) {
        closeSent = true;
        closing = reason;
        outbox.leave(this);
        onClosing.accept(reason);
        ScheduledFuture<?> _ =
                channel.eventLoop().schedule(this::closeChannel, closeTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void closeChannel() {
        var _ = channel.close();
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
    void closedByClient(byte[] payload) {
        outbox.enqueue(new Task.Leave(this, payload));
    }

    /** Answers the client's goodbye with its own status code (5.5.1), unless ours was first, and closes. */
    void leave(byte[] payload) {
        boolean first = !closeSent;
        saidGoodbye = CloseCode.isGoodbye(payload);
        if (first) {
            closing(CloseReason.GONE);
        }
        ByteBuf answer = Unpooled.buffer(Short.BYTES + 2);
        if (first) {
            FrameEncoder.frame(FrameEncoder.CLOSE, payload, Math.min(payload.length, Short.BYTES), answer);
        }
        var _ = writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    private static ByteBuf closeFrame(CloseCode code) {
        byte[] text = code.text().getBytes(StandardCharsets.UTF_8);
        ByteBuf frame = Unpooled.buffer(text.length + 4);
        FrameEncoder.header(FrameEncoder.CLOSE, text.length + 2, frame);
        return frame.writeShort(code.code()).writeBytes(text);
    }

    /** The channel is gone. */
    void disconnected() {
        closeSent = true;
        if (closing == null) {
            closing = CloseReason.GONE;
        }
        outbox.leave(this);
    }

    /** Bytes came, after which so many of an incomplete message are there. */
    void heard(int incomplete) {
        heardAt = System.nanoTime();
        if (underWay == 0) {
            underWaySince = heardAt;
        }
        underWay = incomplete;
    }

    /** The message that was under way is complete. */
    void received() {
        underWay = 0;
    }

    /** Closes it if it is dead or too slow, pings it if it may be. */
    void checkLife(long now) {
        long silent = now - heardAt;
        long half = idle.toNanos() / 2;
        if (silent >= idle.toNanos()) {
            closeNow(CloseReason.IDLE);
        } else if (isTooSlow(now)) {
            closeNow(CloseReason.TOO_SLOW);
        } else if ((silent >= half || greeting.visiblePings()) && now - pingedAt >= half) {
            pingedAt = now;
            ping();
        }
    }

    /** Any byte is a sign of life; so that nobody holds a message open forever, it also has to get on. */
    private boolean isTooSlow(long now) {
        long took = now - underWaySince;
        return underWay > 0
                && took >= idle.toNanos()
                && underWay < minBytesPerSecond * (double) took / TimeUnit.SECONDS.toNanos(1);
    }

    private void ping() {
        if (greeting.visiblePings()) {
            text(ServerFrames.ping());
        } else {
            ByteBuf frame = Unpooled.buffer(2);
            FrameEncoder.header(FrameEncoder.PING, 0, frame);
            write(frame);
            channel.flush();
        }
    }

    /** A text frame, sent at once. */
    void text(byte[] json) {
        write(textFrame(json));
        channel.flush();
    }

    /** Frames that are sent at once; the future tells when the network has them. */
    ChannelFuture writeAndFlush(ByteBuf frames) {
        return channel.writeAndFlush(frames);
    }
}
