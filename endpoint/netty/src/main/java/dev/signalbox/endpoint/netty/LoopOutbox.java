package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * All that waits to be written by one event loop, and the connections that it writes to. What enqueues and
 * reserves is for any thread, the rest for the event loop's.
 */
final class LoopOutbox implements Runnable {
    /*
     * The cost of a delivery is the system call, so what counts is to make few of them. Senders append to one queue per event
     * loop and wake the loop only if it is not awake. The loop takes what has gathered meanwhile and turns it into one write
     * and one flush a connection.
     *
     * A broadcast is encoded once, into the tail of a segment that all connections share; each has a cursor into it. What a
     * connection gets beside broadcasts is put in order by first writing it the segment up to now, [cursor, tail). So a run of
     * broadcasts costs each connection one write of a slice, without a copy, however many messages it has.
     */
    private static final int CHUNK = 1 << 10;
    private static final int MAX_TASKS = 4 << 10;
    private static final int INITIAL_SEGMENT = 4 << 10;
    private static final int MAX_SEGMENT = 64 << 10;
    static final int TASK_OVERHEAD = 64;

    /** Something to write. */
    sealed interface Task {
        record Send(WebSocketConnection connection, Message message) implements Task {}

        record Answer(WebSocketConnection connection, ByteBuf frame) implements Task {}

        record Broadcast(Message message) implements Task {}

        record Close(WebSocketConnection connection, CloseReason reason) implements Task {}

        /** The client has closed; the payload is that of its frame. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Leave(WebSocketConnection connection, byte[] payload) implements Task {}
    }

    private final EventLoop loop;
    private final int maxBroadcastBytes;
    private final Queue<Task> queue = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    private final AtomicBoolean awake = new AtomicBoolean();
    private final AtomicInteger broadcastBytes = new AtomicInteger();
    private final List<WebSocketConnection> members = new ArrayList<>();
    private final List<WebSocketConnection> dirty = new ArrayList<>();
    private final FrameEncoder encoder = new FrameEncoder();
    private final Segment json = new Segment(false);
    private final Segment raw = new Segment(true);
    private int rawMembers;
    private @Nullable Message lastSent;
    private @Nullable ByteBuf lastFrame;

    LoopOutbox(EventLoop loop, int maxBroadcastBytes) {
        this.loop = loop;
        this.maxBroadcastBytes = maxBroadcastBytes;
    }

    /** What a message counts for against a bound: no less than it takes on the wire. */
    static int weight(Message message) {
        return message.bytes() - message.payload().size() + message.payload().encodedSize();
    }

    void enqueue(Task task) {
        queue.add(task);
        wake();
    }

    /** Makes room for a broadcast; false if more waits than may. What is reserved is either broadcast or released. */
    boolean reserveBroadcast(int weight) {
        int waiting = broadcastBytes.addAndGet(weight);
        if (waiting > maxBroadcastBytes && waiting > weight) {
            releaseBroadcast(weight);
            return false;
        }
        return true;
    }

    void releaseBroadcast(int weight) {
        broadcastBytes.addAndGet(-weight);
    }

    private void wake() {
        if (!awake.get() && awake.compareAndSet(false, true)) {
            loop.execute(this);
        }
    }

    /** Writes what has gathered. Other work of the loop, reading above all, gets its turn after {@link #MAX_TASKS}. */
    @Override
    public void run() {
        awake.set(false);
        Task task = queue.poll();
        for (int i = 1; task != null; i++) {
            write(task);
            task = i < MAX_TASKS ? queue.poll() : null;
        }
        finish();
        if (!queue.isEmpty()) {
            wake();
        }
    }

    private void write(Task task) {
        switch (task) {
            case Task.Broadcast(Message message) -> {
                releaseBroadcast(weight(message));
                append(message);
            }
            case Task.Send(WebSocketConnection connection, Message message) -> send(connection, message);
            case Task.Answer(WebSocketConnection connection, ByteBuf frame) -> answer(connection, frame);
            case Task.Close(WebSocketConnection connection, CloseReason reason) -> {
                catchUp(connection);
                connection.closeNow(reason);
            }
            case Task.Leave(WebSocketConnection connection, byte[] payload) -> {
                catchUp(connection);
                connection.leave(payload);
            }
        }
    }

    private void append(Message message) {
        json.append(message);
        raw.append(message);
        if (json.size() > MAX_SEGMENT || raw.size() > MAX_SEGMENT) {
            finish();
        }
    }

    private void send(WebSocketConnection connection, Message message) {
        connection.dequeued(weight(message));
        if (connection.isOpen()) {
            catchUp(connection);
            write(connection, encoded(message, connection));
        }
    }

    /** A frame for one connection. A message to a list comes as one task for each: encoded once, written to all. */
    @SuppressWarnings("ReferenceEquality") // the very same message, as it comes once for each entry of a list
    private ByteBuf encoded(Message message, WebSocketConnection connection) {
        if (message != lastSent || lastFrame == null || connection.isRaw()) {
            ByteBuf frame = allocator(connection).directBuffer(weight(message) + 128);
            encoder.message(message, connection.isRaw(), frame, true);
            if (connection.isRaw()) {
                return frame;
            }
            forgetLast();
            lastSent = message;
            lastFrame = frame;
        }
        return lastFrame.retainedDuplicate();
    }

    private void forgetLast() {
        if (lastFrame != null) {
            lastFrame.release();
        }
        lastFrame = null;
        lastSent = null;
    }

    private void answer(WebSocketConnection connection, ByteBuf frame) {
        connection.dequeued(frame.readableBytes() + TASK_OVERHEAD);
        if (connection.isOpen()) {
            catchUp(connection);
            write(connection, frame);
        }
    }

    private static ByteBufAllocator allocator(WebSocketConnection connection) {
        return connection.channel().alloc();
    }

    /** Writes a member all that was broadcast before what it gets next. */
    private void catchUp(WebSocketConnection connection) {
        Segment segment = connection.isRaw() ? raw : json;
        int tail = segment.size();
        if (connection.isMember() && connection.isOpen() && connection.cursor < tail) {
            ByteBuf slice = segment.slice(connection.cursor, tail);
            connection.cursor = tail;
            write(connection, slice);
        }
    }

    private void write(WebSocketConnection connection, ByteBuf frames) {
        if (!connection.dirty) {
            connection.dirty = true;
            dirty.add(connection);
        }
        connection.write(frames);
    }

    /** Ends the segments, which brings every member up to date, and flushes what was written. */
    private void finish() {
        if (json.size() > 0 || raw.size() > 0) {
            // Backwards, so that a member that leaves meanwhile moves none that is still to come.
            for (int i = members.size() - 1; i >= 0; i--) {
                WebSocketConnection member = members.get(i);
                catchUp(member);
                member.cursor = 0;
            }
            json.clear();
            raw.clear();
        }
        forgetLast();
        for (int i = 0; i < dirty.size(); i++) {
            WebSocketConnection connection = dirty.get(i);
            connection.dirty = false;
            connection.flush();
        }
        dirty.clear();
    }

    void join(WebSocketConnection connection) {
        connection.index = members.size();
        connection.cursor = 0;
        members.add(connection);
        rawMembers += connection.isRaw() ? 1 : 0;
    }

    void leave(WebSocketConnection connection) {
        if (!connection.isMember()) {
            return;
        }
        WebSocketConnection last = members.removeLast();
        if (last != connection) {
            members.set(connection.index, last);
            last.index = connection.index;
        }
        connection.index = WebSocketConnection.NO_MEMBER;
        rawMembers -= connection.isRaw() ? 1 : 0;
    }

    /** Looks at all members now and then for those that fell silent: one timer, instead of one for each. */
    void watch(Duration idle) {
        long period = Math.max(idle.toNanos() / 8, 1);
        ScheduledFuture<?> _ = loop.scheduleWithFixedDelay(this::checkLife, period, period, TimeUnit.NANOSECONDS);
    }

    private void checkLife() {
        long now = System.nanoTime();
        for (int i = members.size() - 1; i >= 0; i--) {
            members.get(i).checkLife(now);
        }
    }

    /** Frames for all members that read binary payloads in one way. Once a slice was handed out, it does not grow any more. */
    private final class Segment {
        private final boolean isRaw;
        private @Nullable ByteBuf frames;
        private boolean isShared;

        Segment(boolean isRaw) {
            this.isRaw = isRaw;
        }

        int size() {
            return frames == null ? 0 : frames.writerIndex();
        }

        void append(Message message) {
            if (isRaw && rawMembers == 0) {
                return;
            }
            if (!encoder.message(message, isRaw, frames(), !isShared)) {
                // Growing moves the bytes, and a transport may have kept the address of a slice: begin a new segment
                // instead.
                finish();
                encoder.message(message, isRaw, frames(), true);
            }
        }

        private ByteBuf frames() {
            if (frames == null) {
                frames = ByteBufAllocator.DEFAULT.directBuffer(INITIAL_SEGMENT);
            }
            return frames;
        }

        ByteBuf slice(int from, int to) {
            isShared = true;
            return Objects.requireNonNull(frames).retainedSlice(from, to - from);
        }

        void clear() {
            if (frames != null) {
                frames.release();
                frames = null;
                isShared = false;
            }
        }
    }
}
