package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Message;
import dev.signalbox.router.Publication;
import dev.signalbox.router.Resumption;
import dev.signalbox.router.Shard;
import dev.signalbox.router.Topic;
import dev.signalbox.router.TopicPolicy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
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
     * A message of a topic, and one to all is one of a topic, too, is encoded once, into the tail of a segment that all members
     * share; each has a cursor into it. What a connection gets besides is put in order with what goes to all by first writing it
     * the segment up to now, [cursor, tail). So a run of messages costs each member one write of a slice, without a copy, however
     * many messages it has.
     *
     * A connection that is not writable is not written to. Its members lag: they keep their offsets, and once it is writable
     * again, they read what they missed from their topics, or are told what is no longer there. What it gets besides is held
     * meanwhile, within the bound that its senders reserve from.
     */
    private static final Logger LOG = LoggerFactory.getLogger(LoopOutbox.class);
    private static final int CHUNK = 1 << 10;
    private static final int MAX_TASKS = 4 << 10;
    private static final int MAX_SEGMENT = 64 << 10;
    private static final int PULLED = 64 << 10;

    private final EventLoop loop;
    private final int maxBroadcastBytes;
    private final Queue<OutboxTask> queue = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    private final AtomicBoolean awake = new AtomicBoolean();
    private final AtomicInteger broadcastBytes = new AtomicInteger();
    private final Feed everyone;
    private final Map<Topic, Feed> feeds = new HashMap<>();
    private final List<Feed> touched = new ArrayList<>();
    private final List<ClientConnection> dirty = new ArrayList<>();
    private final MessageEncoder encoder = new MessageEncoder();
    private final LastFrame lastFrame = new LastFrame(encoder);
    private @Nullable ScheduledFuture<?> watch;
    private long watchNanos = Long.MAX_VALUE;

    /** Attaches itself to {@code all}. */
    LoopOutbox(EventLoop loop, int maxBroadcastBytes, Topic all) {
        this.loop = loop;
        this.maxBroadcastBytes = maxBroadcastBytes;
        this.everyone = open(all);
    }

    private Feed open(Topic topic) {
        Feed feed = new Feed(topic, topic.attach(this));
        feeds.put(topic, feed);
        return feed;
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
            case OutboxTask.Publish(Topic topic, Publication publication) -> append(topic, publication);
            case OutboxTask.Direct direct -> send(direct);
            case OutboxTask.Subscribe subscribe -> subscribe(subscribe);
            case OutboxTask.GoOn(ClientConnection connection, Topic topic, long after) -> {
                if (connection.isOpen()) {
                    follow(connection, topic, after);
                }
            }
            case OutboxTask.Unsubscribe(ClientConnection connection, String topic) ->
                drop(connection.topics.remove(topic));
            case OutboxTask.Resume(ClientConnection connection) -> resume(connection);
            case OutboxTask.Close(ClientConnection connection, CloseReason reason) -> {
                catchUp(connection);
                connection.closeNow(reason);
            }
            case OutboxTask.Leave(ClientConnection connection, byte[] status) -> {
                catchUp(connection);
                connection.leave(status);
            }
        }
    }

    private void append(Topic topic, Publication publication) {
        release(publication.message());
        Feed feed = feeds.get(topic);
        if (feed == null || (!publication.isVolatile() && publication.offset() <= feed.offset)) {
            return;
        }
        touch(feed);
        if (publication.offset() > feed.offset + 1) {
            skip(feed, publication.offset());
        }
        if (feed.lagging().size() < feed.members().size()) {
            List<Segment> segments = feed.segments();
            for (int i = 0; i < segments.size(); i++) {
                append(feed, segments.get(i), publication);
            }
        }
        // A volatile message has no place: those who lag do not get it, and miss nothing that they would be told.
        feed.offset = Math.max(feed.offset, publication.offset());
        if (feed.size() > MAX_SEGMENT) {
            finish();
        }
    }

    /** Some offsets are left out: what was published there never came. Those who lag see it when they read. */
    private void skip(Feed feed, long next) {
        List<Segment> segments = feed.segments();
        for (int i = 0; i < segments.size(); i++) {
            finish(feed, segments.get(i));
        }
        for (Member member : List.copyOf(feed.members())) {
            if (!member.isLagging() && member.connection.isOpen()) {
                gap(member, next);
            }
        }
    }

    private void append(Feed feed, Segment segment, Publication publication) {
        if (segment.hasReaders() && !segment.append(encoder, feed.topic.name(), publication)) {
            finish(feed, segment);
            segment.append(encoder, feed.topic.name(), publication);
        }
    }

    private void touch(Feed feed) {
        if (!feed.touched) {
            feed.touched = true;
            touched.add(feed);
        }
    }

    private void send(OutboxTask.Direct direct) {
        ClientConnection connection = direct.connection();
        catchUp(connection);
        if (connection.isOpen() && connection.mustWait()) {
            connection.held.add(new ClientConnection.Held(direct, everyone.offset));
        } else {
            writeNow(direct);
        }
    }

    private void writeNow(OutboxTask.Direct direct) {
        ClientConnection connection = direct.connection();
        connection.dequeued(direct.weight());
        if (connection.isOpen()) {
            write(
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

    /** Writes a connection all that was sent to all before what it gets next. */
    private void catchUp(ClientConnection connection) {
        Member member = connection.everyone;
        if (member != null) {
            catchUp(member);
        }
    }

    private void catchUp(Member member) {
        if (member.isLagging() || !member.connection.isOpen()) {
            return;
        }
        Segment segment = member.segment;
        int tail = segment.size();
        if (member.cursor < tail && !member.connection.mayWrite()) {
            member.feed.fallsBehind(member);
            return;
        }
        if (member.cursor < tail) {
            ByteBuf slice = segment.slice(member.cursor, tail);
            member.cursor = tail;
            write(member.connection, slice);
        }
        member.offset = member.feed.offset;
    }

    private void write(ClientConnection connection, ByteBuf frames) {
        if (!connection.dirty) {
            connection.dirty = true;
            dirty.add(connection);
        }
        connection.write(frames);
    }

    /** Writes a connection what it could not take before, in order, for as long as it is writable. */
    private void resume(ClientConnection connection) {
        Member all = connection.everyone;
        if (all == null || !connection.isOpen()) {
            return;
        }
        ClientConnection.Held next = connection.held.peek();
        while (next != null && pull(all, next.after()) && connection.isWritable()) {
            connection.held.remove();
            writeNow(next.task());
            next = connection.held.peek();
        }
        if (connection.held.isEmpty() && pull(all, all.feed.offset)) {
            // A copy: a member that is too far behind may close the connection, and is removed with it.
            List.copyOf(connection.topics.values()).forEach(member -> pull(member, member.feed.offset));
        }
    }

    /** Reads what a lagging member missed. True if it has all up to {@code upTo}; false if it cannot take more now. */
    private boolean pull(Member member, long upTo) {
        while (member.isLagging() && member.offset < upTo && member.connection.isWritable()) {
            pullOnce(member, upTo);
        }
        if (!member.isGone() && member.offset == member.feed.offset && member.connection.mayWrite()) {
            member.feed.keepsUp(member);
        }
        return !member.isGone() && (!member.isLagging() || member.offset >= upTo);
    }

    private void pullOnce(Member member, long upTo) {
        Topic topic = member.feed.topic;
        Topic.Kept kept = member.read(upTo, PULLED);
        if (kept.first() > member.offset + 1) {
            gap(member, kept.first());
        }
        if (!member.connection.isOpen() || kept.publications().isEmpty()) {
            return;
        }
        ByteBuf frames = buffer(PULLED);
        for (Publication publication : kept.publications()) {
            if (publication.offset() > member.offset + 1) {
                byte[] json = TopicFrames.conflated(topic.name(), member.offset + 1, publication.offset());
                member.connection.format().json(json, json.length, frames);
            }
            encoder.publication(topic.name(), publication, member.segment.format(), frames, true);
            member.offset = publication.offset();
        }
        write(member.connection, frames);
    }

    /** What a member has still to read is no longer kept. */
    private void gap(Member member, long next) {
        Topic topic = member.feed.topic;
        if (topic.policy().slow() == TopicPolicy.SlowConsumer.DISCONNECT) {
            member.connection.closeNow(CloseReason.SLOW_CONSUMER);
        } else {
            byte[] json = TopicFrames.gap(topic.name(), member.offset + 1, next);
            member.offset = next - 1;
            write(member.connection, frame(json, member.connection.format()));
        }
    }

    /** Brings every member of what was published to up to date, and flushes what was written. */
    private void finish() {
        for (int i = 0; i < touched.size(); i++) {
            Feed feed = touched.get(i);
            feed.touched = false;
            List<Segment> segments = feed.segments();
            for (int s = 0; s < segments.size(); s++) {
                finish(feed, segments.get(s));
            }
            look(feed);
        }
        touched.clear();
        lastFrame.forget();
        for (int i = 0; i < dirty.size(); i++) {
            ClientConnection connection = dirty.get(i);
            connection.dirty = false;
            connection.flush();
        }
        dirty.clear();
    }

    /** Writes the members all of a segment, and ends it. */
    private void finish(Feed feed, Segment segment) {
        List<Member> members = feed.members();
        for (int i = members.size() - 1; i >= 0; i--) {
            Member member = members.get(i);
            if (member.segment == segment) {
                catchUp(member);
                member.cursor = 0;
            }
        }
        segment.clear();
    }

    /** Looks after those that lag: some have waited for what was just published, and some have waited too long. */
    private void look(Feed feed) {
        if (feed.lagging().isEmpty()) {
            return;
        }
        long first = feed.topic.first();
        boolean disconnects = feed.topic.policy().slow() == TopicPolicy.SlowConsumer.DISCONNECT;
        for (Member member : List.copyOf(feed.lagging())) {
            if (disconnects && first > member.offset + 1) {
                member.connection.closeNow(CloseReason.SLOW_CONSUMER);
            } else if (member.connection.isWritable()) {
                resume(member.connection);
            }
        }
    }

    /** From now on it gets what goes to all. */
    void join(ClientConnection connection) {
        Member member = new Member(connection, everyone, everyone.offset);
        everyone.add(member);
        connection.everyone = member;
    }

    /** It has joined, and has been there before over another connection: what it missed since then comes first. */
    void goOn(ClientConnection connection, Resumption.Resumed resumed) {
        Member all = connection.everyone;
        if (all != null) {
            all.offset = resumed.all();
            everyone.fallsBehind(all);
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
        Member earlier = connection.topics.remove(topic.name());
        if (earlier != null) {
            earlier.feed.remove(earlier);
        }
        send(task.ok());
        follow(connection, topic, task.after());
    }

    private void follow(ClientConnection connection, Topic topic, long after) {
        Feed known = feeds.get(topic);
        Feed feed = known == null ? open(topic) : known;
        Member member = new Member(connection, feed, after);
        feed.add(member);
        feed.fallsBehind(member);
        connection.topics.put(topic.name(), member);
        touch(feed);
        resume(connection);
    }

    private void drop(@Nullable Member member) {
        if (member == null) {
            return;
        }
        member.feed.remove(member);
        if (member.feed.members().isEmpty()) {
            member.feed.topic.detach(this);
            feeds.remove(member.feed.topic);
            member.feed.clear();
        }
    }

    /** From now on it gets nothing more. */
    void leave(ClientConnection connection) {
        if (connection.everyone != null) {
            connection.written = new HashMap<>(Map.of("", connection.everyone.position()));
            connection.topics.forEach((topic, member) -> connection.written.put(topic, member.position()));
            everyone.remove(connection.everyone);
            connection.everyone = null;
        }
        connection.topics.values().forEach(this::drop);
        connection.topics.clear();
        connection.held.clear();
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
        List<Member> members = everyone.members();
        for (int i = members.size() - 1; i >= 0; i--) {
            members.get(i).connection.life().check(now);
        }
    }

    /** The loop has ended. */
    void close() {
        feeds.keySet().forEach(topic -> topic.detach(this));
        feeds.clear();
    }
}
