package dev.signalbox.router;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Publications as entries of a {@link TopicHistory}. They are signed, with the topic and the id that they are for: nobody without the cluster's
 * secret can make one, or move one to another topic. Thread-safe.
 */
final class HistoryEntries {
    /** No channel of a link has this name. */
    private static final ClusterLink.Channel CONTEXT = new ClusterLink.Channel("history");

    private final UUID self;
    private final ClusterEnvelope envelope;
    private final ClusterCodec codec;

    HistoryEntries(UUID self, String secret, ClusterCodec codec) {
        this.self = self;
        this.envelope = new ClusterEnvelope(secret);
        this.codec = codec;
    }

    synchronized TopicHistory.Entry seal(ClusterFrame.Entry entry) {
        byte[] frame = codec.encode(entry);
        byte[] sealed = envelope.seal(CONTEXT, self, 0, List.of(frame));
        return new TopicHistory.Entry(entry.id(), TopicHistory.Content.of(sealed));
    }

    /** Null if none of this cluster's nodes put it there, or this release cannot read it. */
    synchronized ClusterFrame.@Nullable Entry open(String topic, TopicHistory.Entry entry) {
        try {
            return envelope.open(CONTEXT, entry.content().bytes()) instanceof ClusterEnvelope.Opened.Frames opened
                            && codec.decode(opened.frames().next()) instanceof ClusterFrame.Entry known
                            && known.topic().equals(topic)
                            && known.id().equals(entry.id())
                    ? known
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
