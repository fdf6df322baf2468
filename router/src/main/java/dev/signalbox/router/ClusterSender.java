package dev.signalbox.router;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says things to other nodes: to one, to all, or to those with subscribers of a topic. Thread-safe; nothing here blocks. */
final class ClusterSender {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterSender.class);

    static final ClusterLink.Channel ALL = new ClusterLink.Channel("all");

    private final ClusterWriter writer;
    private final ClusterCodec codec;
    private final ClusterOptions options;
    private final int maxBytes;
    private final ClusterOutbox all;
    private final ConcurrentMap<ClusterLink.Channel, ClusterOutbox> topics = new ConcurrentHashMap<>();

    ClusterSender(ClusterWriter writer, ClusterCodec codec, ClusterOptions options, int maxBytes) {
        this.writer = writer;
        this.codec = codec;
        this.options = options;
        this.maxBytes = maxBytes;
        this.all = outbox(ALL);
    }

    /** Nobody waits for what is said so, or they notice in another way. */
    static void ignore(ClusterLinkException failure) {
        LOG.debug("a frame was not carried", failure);
    }

    /** What is for one node and nobody else. */
    static ClusterLink.Channel channel(UUID node) {
        return new ClusterLink.Channel("node." + node);
    }

    /** A new outbox, also to a channel that had one: to a node that was gone, and is back. */
    ClusterOutbox outbox(ClusterLink.Channel channel) {
        return new ClusterOutbox(
                channel,
                options.waitingBytes(),
                writer.unusedSequence(),
                topics -> codec.encode(new ClusterFrame.Missed(channel, topics)));
    }

    /** Whether what is said goes out now. */
    boolean isUp() {
        return writer.down() == null;
    }

    /** Why nothing can be said now, and is refused; null if it can, or waits until it can. */
    @Nullable
    String refusal() {
        return options.buffer() ? null : writer.down();
    }

    /** Says something to a node that need not be told of a failure to anybody: the other side asks again, or does without. */
    void tell(RemoteNode node, ClusterFrame frame) {
        var _ = writer.offer(node.outbox(), codec.encode(frame), ClusterSender::ignore);
    }

    /** The same, but {@code notCarried} is run if it is not carried: at once, or later. It must not block. */
    void tell(RemoteNode node, ClusterFrame frame, Runnable notCarried) {
        if (writer.offer(node.outbox(), codec.encode(frame), failure -> notCarried.run())
                != ClusterWriter.Offered.TAKEN) {
            notCarried.run();
        }
    }

    /** Says something that a node waits for; if no link could carry it, that instead. */
    void tell(RemoteNode node, ClusterFrame frame, IntFunction<ClusterFrame> tooLarge) {
        if (writer.offer(node.outbox(), codec.encode(frame), ClusterSender::ignore)
                == ClusterWriter.Offered.TOO_LARGE) {
            tell(node, tooLarge.apply(maxBytes));
        }
    }

    /**
     * Tells a node something long, in parts of which there is one at least, as its link takes them; what is told about the same already ends with that.
     * {@code parts} is read on the writer's thread.
     */
    void tell(RemoteNode node, String about, Iterator<? extends ClusterFrame> parts) {
        writer.offer(node.outbox(), about, new Iterator<>() {
            @Override
            public boolean hasNext() {
                return parts.hasNext();
            }

            @Override
            public byte[] next() {
                return codec.encode(parts.next());
            }
        });
    }

    /**
     * Carries something for these targets to a node. The errors are those of all targets if it cannot be; otherwise {@code notCarried} is
     * told, if it could not be after all. It must not block.
     */
    List<RouteError> carry(
            RemoteNode node, ClusterFrame frame, List<Address> targets, Consumer<ClusterLinkException> notCarried) {
        ClusterWriter.Offered offered = writer.offer(node.outbox(), codec.encode(frame), notCarried);
        return targets.stream()
                .flatMap(target -> error(offered, target, "node " + node).stream())
                .toList();
    }

    private Optional<RouteError> error(ClusterWriter.Offered offered, Address target, String where) {
        return switch (offered) {
            case TAKEN -> Optional.empty();
            case TOO_LARGE -> Optional.of(RouteError.tooLargeForLink(target, maxBytes));
            case FULL -> Optional.of(RouteError.linkFull(target));
            case DOWN -> Optional.of(RouteError.unreachable(target, where, why()));
        };
    }

    private String why() {
        String down = writer.down();
        return down == null ? "it left the cluster" : down;
    }

    /** Tells all nodes something that they also learn in another way. */
    void tellAll(ClusterFrame frame) {
        var _ = writer.offer(all, codec.encode(frame), ClusterSender::ignore);
    }

    /** Carries a message to the clients of all nodes. */
    Optional<RouteError> carryToAll(Message message, Consumer<ClusterLinkException> notCarried) {
        byte[] frame = codec.encode(new ClusterFrame.Carry(message));
        return error(writer.offer(all, frame, notCarried), Address.ALL, "other nodes");
    }

    private ClusterOutbox outbox(String topic) {
        return topics.computeIfAbsent(ClusterInterest.channel(topic), this::outbox);
    }

    /** Carries a publication to the nodes with subscribers. */
    Optional<RouteError> publish(ClusterFrame.Publish publication, Consumer<ClusterLinkException> notCarried) {
        ClusterOutbox outbox = outbox(publication.topic());
        ClusterWriter.Offered offered = offer(outbox, publication, notCarried);
        if (offered != ClusterWriter.Offered.TAKEN) {
            misses(outbox, publication.topic());
        }
        return error(offered, Address.topic(publication.topic()), "other nodes");
    }

    /** Carries a publication that is in its topic's history; a node that does not get it notices, and reads it there. */
    void publish(ClusterFrame.Stored stored) {
        String topic = stored.entry().topic();
        ClusterOutbox outbox = outbox(topic);
        ClusterWriter.Offered offered = offer(outbox, stored, ClusterSender::ignore);
        if (offered == ClusterWriter.Offered.TOO_LARGE) {
            offered = offer(outbox, new ClusterFrame.Grown(topic), ClusterSender::ignore);
        }
        if (offered != ClusterWriter.Offered.TAKEN) {
            misses(outbox, topic);
        }
    }

    private ClusterWriter.Offered offer(
            ClusterOutbox outbox, ClusterFrame frame, Consumer<ClusterLinkException> notCarried) {
        return writer.offer(outbox, codec.encode(frame), failure -> {
            outbox.hasHole();
            tellHole(outbox);
            notCarried.accept(failure);
        });
    }

    private void misses(ClusterOutbox outbox, String topic) {
        outbox.misses(topic);
        tellHole(outbox);
    }

    /** The same for what is not kept: if it is not carried, nothing is missing. */
    Optional<RouteError> publishVolatile(
            ClusterFrame.PublishVolatile publication, Consumer<ClusterLinkException> notCarried) {
        return error(
                writer.offer(outbox(publication.topic()), codec.encode(publication), notCarried),
                Address.topic(publication.topic()),
                "other nodes");
    }

    /** Tells the nodes that follow a topic something that they also learn in another way. */
    void tellTopic(String topic, ClusterFrame frame) {
        var _ = writer.offer(outbox(topic), codec.encode(frame), ClusterSender::ignore);
    }

    /**
     * Lets the subscribers of other nodes know what they missed, where they cannot know it yet: with each sign of life, and once the link is
     * back.
     */
    void tellHoles() {
        topics.values().forEach(this::tellHole);
    }

    /**
     * At once if the link is up; if it is not, or this is not carried either, the next {@link #tellHoles} does. What waits to be published tells it
     * as well: by its place, or as a notice.
     */
    private void tellHole(ClusterOutbox outbox) {
        if (!isUp()) {
            return;
        }
        if (!outbox.isEmpty()) {
            writer.list(outbox);
            return;
        }
        if (!outbox.takeHole()) {
            return;
        }
        ClusterWriter.Offered offered =
                writer.offer(outbox, codec.encode(new ClusterFrame.Mark()), failure -> outbox.hasHole());
        if (offered != ClusterWriter.Offered.TAKEN) {
            outbox.hasHole();
        }
    }

    /** The node is gone: what waits for it fails. */
    void gone(RemoteNode node) {
        writer.close(node.outbox());
    }
}
