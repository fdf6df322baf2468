package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Publication;
import dev.signalbox.router.Shard;
import dev.signalbox.router.Topic;
import dev.signalbox.router.TopicPolicy;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The topics that the clients of one event loop follow, and what is written to them of those. For that loop. */
final class Feeds {
    /*
     * A message of a topic is encoded once, into the tail of a segment that all members share; each has a cursor into it. So a run of
     * messages costs each member one write of a slice, [cursor, tail), without a copy, however many messages it has.
     *
     * A connection that is not writable is not written to. Its members lag: they keep their offsets, and once it is writable again,
     * they read what they missed from their topics, or are told what is no longer there.
     */
    private static final int MAX_SEGMENT = 64 << 10;
    private static final int PULLED = 64 << 10;

    private final Shard shard;
    private final Writes writes;
    private final MessageEncoder encoder;
    private final Consumer<ClientConnection> resume;
    private final Map<Topic, Feed> feeds = new HashMap<>();
    private final List<Feed> touched = new ArrayList<>();
    private @Nullable Feed everyone;

    /** @param resume writes a connection what it could not take before */
    Feeds(Shard shard, MessageEncoder encoder, Writes writes, Consumer<ClientConnection> resume) {
        this.shard = shard;
        this.encoder = encoder;
        this.writes = writes;
        this.resume = resume;
    }

    /** Attaches the shard to {@code all}; from then on it may be told of messages. */
    void begin(Topic all) {
        everyone = open(all);
    }

    /** What goes to all. */
    Feed everyone() {
        return Objects.requireNonNull(everyone);
    }

    private Feed open(Topic topic) {
        Feed feed = new Feed(topic, topic.attach(shard));
        feeds.put(topic, feed);
        return feed;
    }

    /** Appends a message to what is written of its topic. True if so much has gathered that it should be written now. */
    boolean append(Topic topic, Publication publication) {
        Feed feed = feeds.get(topic);
        if (feed == null || (!publication.isVolatile() && publication.offset() <= feed.offset)) {
            return false;
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
        return feed.size() > MAX_SEGMENT;
    }

    /** Some offsets are left out: what was published there never came. Those who lag see it when they read. */
    private void skip(Feed feed, long next) {
        List<Segment> segments = feed.segments();
        for (int i = 0; i < segments.size(); i++) {
            finish(feed, segments.get(i), false);
        }
        for (Member member : List.copyOf(feed.members())) {
            if (!member.isLagging() && member.connection.isOpen()) {
                gap(member, next);
            }
        }
    }

    private void append(Feed feed, Segment segment, Publication publication) {
        if (segment.hasReaders() && !segment.append(encoder, feed.topic.name(), publication)) {
            finish(feed, segment, false);
            segment.append(encoder, feed.topic.name(), publication);
        }
    }

    private void touch(Feed feed) {
        if (!feed.touched) {
            feed.touched = true;
            touched.add(feed);
        }
    }

    /** Writes a connection all that was sent to all before what it gets next. */
    void catchUp(ClientConnection connection) {
        Member member = connection.places.everyone;
        if (member != null) {
            catchUp(member, false);
        }
    }

    /** {@code last} if nothing else is about to be written to its connection. */
    private void catchUp(Member member, boolean last) {
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
            if (last) {
                writes.writeLast(member.connection, slice);
            } else {
                writes.write(member.connection, slice);
            }
        }
        member.offset = member.feed.offset;
    }

    /** Reads what a lagging member missed. True if it has all up to {@code upTo}; false if it cannot take more now. */
    boolean pull(Member member, long upTo) {
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
        ByteBuf frames = LoopOutbox.buffer(PULLED);
        for (Publication publication : kept.publications()) {
            if (publication.offset() > member.offset + 1) {
                byte[] json = TopicFrames.conflated(topic.name(), member.offset + 1, publication.offset());
                member.connection.format().json(json, json.length, frames);
            }
            encoder.publication(topic.name(), publication, member.segment.format(), frames, true);
            member.offset = publication.offset();
        }
        writes.write(member.connection, frames);
    }

    /** What a member has still to read is no longer kept. */
    private void gap(Member member, long next) {
        Topic topic = member.feed.topic;
        if (topic.policy().slow() == TopicPolicy.SlowConsumer.DISCONNECT) {
            member.connection.closeNow(CloseReason.SLOW_CONSUMER);
        } else {
            byte[] json = TopicFrames.gap(topic.name(), member.offset + 1, next);
            member.offset = next - 1;
            writes.write(member.connection, LoopOutbox.frame(json, member.connection.format()));
        }
    }

    /** Brings every member of what was published to up to date. */
    void finish() {
        for (int i = 0; i < touched.size(); i++) {
            Feed feed = touched.get(i);
            feed.touched = false;
            List<Segment> segments = feed.segments();
            for (int s = 0; s < segments.size(); s++) {
                finish(feed, segments.get(s), i == touched.size() - 1);
            }
            look(feed);
        }
        touched.clear();
    }

    /**
     * Writes the members all of a segment, and ends it. A segment without frames leaves nothing to write, and all cursors are at its beginning
     * already: a new subscriber, which only touches the feed, must not cost a look at each of the others. {@code last} if no other feed follows.
     */
    private void finish(Feed feed, Segment segment, boolean last) {
        List<Member> members = segment.size() == 0 ? List.of() : feed.members();
        for (int i = members.size() - 1; i >= 0; i--) {
            Member member = members.get(i);
            if (member.segment == segment) {
                catchUp(member, last);
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
                resume.accept(member.connection);
            }
        }
    }

    void follow(ClientConnection connection, Topic topic, long after) {
        Feed known = feeds.get(topic);
        Feed feed = known == null ? open(topic) : known;
        Member member = new Member(connection, feed, after);
        feed.add(member);
        feed.fallsBehind(member);
        connection.places.add(member);
        touch(feed);
        resume.accept(connection);
    }

    void drop(@Nullable Member member) {
        if (member == null) {
            return;
        }
        member.feed.remove(member);
        if (member.feed.members().isEmpty()) {
            member.feed.topic.detach(shard);
            feeds.remove(member.feed.topic);
            member.feed.clear();
        }
    }

    /** The event loop has ended. */
    void close() {
        feeds.keySet().forEach(topic -> topic.detach(shard));
        feeds.clear();
    }
}
