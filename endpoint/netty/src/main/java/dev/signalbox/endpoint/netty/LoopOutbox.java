package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Message;
import dev.signalbox.router.Publication;
import dev.signalbox.router.Resumption;
import dev.signalbox.router.Shard;
import dev.signalbox.router.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that waits to be written by one event loop, and the connections that it writes to. What enqueues and
 * reserves is for any thread, the rest for the event loop's.
 */
final class LoopOutbox implements Runnable, Shard {
    /*
     * The cost of a delivery is the system call, so what counts is to make few of them. Senders append to one queue per event
     * loop and wake the loop only if it is not awake. The loop takes what has gathered meanwhile and turns it into one write
     * and one flush a connection.
     *
     * What goes to all is a topic, too; see Feeds. What a connection gets besides is put in order with that by first writing it what
     * was sent to all up to now. While the connection is not writable, it is held, within the bound that its senders reserve from.
     */
    private static final Logger LOG = LoggerFactory.getLogger(LoopOutbox.class);
    private static final int CHUNK = 1 << 10;
    private static final int MAX_TASKS = 4 << 10;

    private final EventLoop loop;
    private final int maxBroadcastBytes;
    private final Queue<OutboxTask> queue = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    private final AtomicBoolean awake = new AtomicBoolean();
    private final AtomicInteger broadcastBytes = new AtomicInteger();
    private final Writes writes = new Writes();
    private final MessageEncoder encoder = new MessageEncoder();
    private final Feeds feeds;
    private final LastFrame lastFrame = new LastFrame(encoder);
    private @Nullable ScheduledFuture<?> watch;
    private long watchNanos = Long.MAX_VALUE;

    /** Attaches itself to {@code all}. */
    LoopOutbox(EventLoop loop, int maxBroadcastBytes, Topic all) {
        this.loop = loop;
        this.maxBroadcastBytes = maxBroadcastBytes;
        this.feeds = new Feeds(this, encoder, writes, this::resume);
        feeds.begin(all);
    }

    /** What a message counts for against a bound: no less than it takes on the wire. */
    static int weight(Message message) {
        return message.bytes() - message.payload().size() + message.payload().encodedSize();
    }

    void enqueue(OutboxTask task) {
        queue.add(task);
        wake();
    }

    @Override
    public boolean reserve(Message message) {
        int weight = weight(message);
        int waiting = broadcastBytes.addAndGet(weight);
        if (waiting > maxBroadcastBytes && waiting > weight) {
            broadcastBytes.addAndGet(-weight);
            return false;
        }
        return true;
    }

    @Override
    public void release(Message message) {
        broadcastBytes.addAndGet(-weight(message));
    }

    @Override
    public void publish(Topic topic, Publication publication) {
        enqueue(new OutboxTask.Publish(topic, publication));
    }

    private void wake() {
        if (!awake.get() && awake.compareAndSet(false, true)) {
            try {
                loop.execute(this);
            } catch (RejectedExecutionException e) {
                LOG.debug("the event loop has ended, and with it all that this was for", e);
            }
        }
    }

    /** Writes what has gathered. Other work of the loop, reading above all, gets its turn after {@link #MAX_TASKS}. */
    @Override
    public void run() {
        awake.set(false);
        OutboxTask task = queue.poll();
        for (int i = 1; task != null; i++) {
            handle(task);
            task = i < MAX_TASKS ? queue.poll() : null;
        }
        finish();
        if (!queue.isEmpty()) {
            wake();
        }
    }

    private void handle(OutboxTask task) {
        switch (task) {
            case OutboxTask.Publish(Topic topic, Publication publication) -> {
                release(publication.message());
                if (feeds.append(topic, publication)) {
                    finish();
                }
            }
            case OutboxTask.Direct direct -> send(direct);
            case OutboxTask.Subscribe subscribe -> subscribe(subscribe);
            case OutboxTask.GoOn(ClientConnection connection, Topic topic, long after) -> {
                if (connection.isOpen()) {
                    feeds.follow(connection, topic, after);
                }
            }
            case OutboxTask.Unsubscribe(ClientConnection connection, String topic) ->
                feeds.drop(connection.places.remove(topic));
            case OutboxTask.Resume(ClientConnection connection) -> resume(connection);
            case OutboxTask.Close(ClientConnection connection, CloseReason reason) -> {
                feeds.catchUp(connection);
                connection.closeNow(reason);
            }
            case OutboxTask.Leave(ClientConnection connection, byte[] status) -> {
                feeds.catchUp(connection);
                connection.leave(status);
            }
        }
    }

    /** Writes what was published to those who follow it, and flushes what was written. */
    private void finish() {
        feeds.finish();
        lastFrame.forget();
        writes.flush();
    }

    private void send(OutboxTask.Direct direct) {
        ClientConnection connection = direct.connection();
        feeds.catchUp(connection);
        if (connection.isOpen() && connection.mustWait()) {
            connection.places.hold(new Places.Held(direct, feeds.everyone().offset));
        } else {
            writeNow(direct);
        }
    }

    private void writeNow(OutboxTask.Direct direct) {
        ClientConnection connection = direct.connection();
        connection.dequeued(direct.weight());
        if (connection.isOpen()) {
            writes.write(
                    connection,
                    switch (direct) {
                        case OutboxTask.Send send -> lastFrame.of(send.message(), connection.format());
                        case OutboxTask.Answer answer -> frame(answer.json(), connection.format());
                    });
        }
    }

    static ByteBuf buffer(int size) {
        return ByteBufAllocator.DEFAULT.directBuffer(size);
    }

    /** A frame with a JSON object. */
    static ByteBuf frame(byte[] json, WireFormat format) {
        ByteBuf frame = buffer(format.most(json.length));
        format.json(json, json.length, frame);
        return frame;
    }

    /** Writes a connection what it could not take before, in order, for as long as it is writable. */
    private void resume(ClientConnection connection) {
        Member all = connection.places.everyone;
        if (all == null || !connection.isOpen()) {
            return;
        }
        Places.Held next = connection.places.nextHeld();
        while (next != null && feeds.pull(all, next.after()) && connection.isWritable()) {
            connection.places.removeHeld();
            writeNow(next.task());
            next = connection.places.nextHeld();
        }
        if (next == null && feeds.pull(all, all.feed.offset)) {
            // A copy: a member that is too far behind may close the connection, and is removed with it.
            List.copyOf(connection.places.topics()).forEach(member -> feeds.pull(member, member.feed.offset));
        }
    }

    /** From now on it gets what goes to all. */
    void join(ClientConnection connection) {
        Member member = new Member(connection, feeds.everyone(), feeds.everyone().offset);
        feeds.everyone().add(member);
        connection.places.everyone = member;
    }

    /** It has joined, and has been there before over another connection: what it missed since then comes first. */
    void goOn(ClientConnection connection, Resumption.Resumed resumed) {
        Member all = connection.places.everyone;
        if (all != null) {
            all.offset = resumed.all();
            feeds.everyone().fallsBehind(all);
        }
        resumed.topics().forEach(topic -> queue.add(new OutboxTask.GoOn(connection, topic.topic(), topic.after())));
        enqueue(new OutboxTask.Resume(connection));
    }

    private void subscribe(OutboxTask.Subscribe task) {
        ClientConnection connection = task.ok().connection();
        Topic topic = task.topic();
        if (!connection.isOpen()) {
            return;
        }
        Member earlier = connection.places.remove(topic.name());
        if (earlier != null) {
            earlier.feed.remove(earlier);
        }
        send(task.ok());
        feeds.follow(connection, topic, task.after());
    }

    /** From now on it gets nothing more. */
    void leave(ClientConnection connection) {
        if (connection.places.everyone != null) {
            connection.written = new HashMap<>(Map.of("", connection.places.everyone.position()));
            connection
                    .places
                    .topics()
                    .forEach(member -> connection.written.put(member.feed.topic.name(), member.position()));
            feeds.everyone().remove(connection.places.everyone);
        }
        connection.places.topics().forEach(feeds::drop);
        connection.places.clear();
    }

    /**
     * Looks at all members now and then for those that fell silent: one timer, instead of one for each, for the shortest of the
     * endpoints' {@code idle}. For any thread.
     */
    void watch(Duration idle) {
        loop.execute(() -> watchEvery(Math.max(idle.toNanos() / 8, 1)));
    }

    private void watchEvery(long period) {
        if (period < watchNanos) {
            if (watch != null) {
                watch.cancel(false);
            }
            watchNanos = period;
            watch = loop.scheduleWithFixedDelay(this::checkLife, period, period, TimeUnit.NANOSECONDS);
        }
    }

    private void checkLife() {
        long now = System.nanoTime();
        List<Member> members = feeds.everyone().members();
        for (int i = members.size() - 1; i >= 0; i--) {
            members.get(i).connection.life().check(now);
        }
    }

    /** The loop has ended. */
    void close() {
        feeds.close();
    }
}
