package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.LoopOutbox.Task;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Connection;
import dev.signalbox.router.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way out to one client. What implements {@link Connection} is for any thread; the rest is for the event loop's, and
 * that is why its fields need no lock.
 */
final class WebSocketConnection implements Connection {
    static final int NO_MEMBER = -1;

    private final Channel channel;
    private final LoopOutbox outbox;
    private final int maxOutboundBytes;
    private final Duration closeTimeout;
    private final boolean raw;
    private final Consumer<CloseReason> onClosing;
    private final AtomicInteger queued = new AtomicInteger();
    private volatile @Nullable CloseReason closing;

    /** Where it stands in the outbox: its place among the members, how far it has read the segment, and if it needs a flush. */
    int index = NO_MEMBER;

    int cursor;
    boolean dirty;

    private boolean closeSent;
    private long heardAt = System.nanoTime();
    private boolean pinged;

    /** Tells {@code onClosing} once, on the event loop, when closing begins. */
    WebSocketConnection(
            Channel channel,
            LoopOutbox outbox,
            WebSocketOptions options,
            boolean raw,
            Consumer<CloseReason> onClosing) {
        this.channel = channel;
        this.outbox = outbox;
        this.maxOutboundBytes = options.limits().maxOutboundBytes();
        this.closeTimeout = options.timeouts().close();
        this.raw = raw;
        this.onClosing = onClosing;
    }

    Channel channel() {
        return channel;
    }

    /** Whether it wants binary payloads as they are. */
    boolean isRaw() {
        return raw;
    }

    boolean isMember() {
        return index != NO_MEMBER;
    }

    boolean isOpen() {
        return !closeSent;
    }

    @Override
    public boolean offer(Message message) {
        if (!reserve(LoopOutbox.weight(message))) {
            return false;
        }
        outbox.enqueue(new Task.Send(this, message));
        return true;
    }

    /** As {@link #offer}, for what only concerns this client; a client that does not even read that is closed. */
    void answer(byte[] json) {
        ByteBuf frame = textFrame(json);
        if (reserve(frame.readableBytes() + LoopOutbox.TASK_OVERHEAD)) {
            outbox.enqueue(new Task.Answer(this, frame));
        } else {
            close(CloseReason.SLOW_CONSUMER);
        }
    }

    /** On the heap, so that nobody needs to release it if it is never written. */
    private static ByteBuf textFrame(byte[] json) {
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
        return String.valueOf(channel.remoteAddress());
    }

    /** Writes whole frames, which it takes over; they leave with the next flush. */
    void write(ByteBuf frames) {
        var _ = channel.write(frames, channel.voidPromise());
        if (!channel.isWritable()) {
            relieve();
        }
    }

    /** More waits than may: it is a slow consumer, unless the socket only needed to be told. */
    private void relieve() {
        channel.flush();
        if (!channel.isWritable()) {
            closeNow(CloseReason.SLOW_CONSUMER);
        }
    }

    void flush() {
        channel.flush();
    }

    /** Says goodbye and waits a little for the client to do the same, as RFC 6455 asks (7.1.1). */
    void closeNow(CloseReason reason) {
        if (closeSent) {
            return;
        }
        closeSent = true;
        closing = reason;
        outbox.leave(this);
        onClosing.accept(reason);
        var _ = channel.writeAndFlush(closeFrame(CloseCode.of(reason)), channel.voidPromise());
        ScheduledFuture<?> _ =
                channel.eventLoop().schedule(this::closeChannel, closeTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void closeChannel() {
        var _ = channel.close();
    }

    /** The client has said goodbye, first or in answer. */
    void closedByClient() {
        closeNow(CloseReason.GONE);
        var _ = channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
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

    void heard() {
        heardAt = System.nanoTime();
        pinged = false;
    }

    void checkIdle(long now, long idleNanos) {
        long silent = now - heardAt;
        if (silent >= idleNanos) {
            closeNow(CloseReason.IDLE);
        } else if (silent >= idleNanos / 2 && !pinged) {
            pinged = true;
            control(FrameEncoder.PING, Unpooled.EMPTY_BUFFER);
        }
    }

    /** A text frame, sent at once. */
    void text(byte[] json) {
        write(textFrame(json));
        channel.flush();
    }

    /** A control frame, sent at once. */
    void control(int opcode, ByteBuf content) {
        ByteBuf frame = Unpooled.buffer(content.readableBytes() + 2);
        FrameEncoder.header(opcode, content.readableBytes(), frame);
        write(frame.writeBytes(content));
        channel.flush();
    }
}
