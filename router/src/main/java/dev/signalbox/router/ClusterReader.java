package dev.signalbox.router;

import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens what other nodes published, and hands it on once and in order; the counterpart of {@link ClusterWriter}. Its counters may be read by any
 * thread; the rest is for the link's.
 */
final class ClusterReader {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterReader.class);

    /** What comes of it. */
    interface Receiver {
        void receive(RemoteNode node, ClusterFrame frame);

        /** Something that the node published to the channel is missing here. */
        void lost(RemoteNode node, ClusterLink.Channel channel);

        /**
         * A node is heard for the first time there, so its numbers do not tell whether something is missing.
         *
         * @return what finds out; to be run once the envelope is read, for its frames come before what is found
         */
        Runnable begun(ClusterLink.Channel channel);
    }

    private final UUID self;
    private final ClusterEnvelope envelope;
    private final ClusterCodec codec;
    private final ClusterSequences sequences;
    private final ClusterRegistry registry;
    private final Receiver receiver;
    final LongAdder received = new LongAdder();
    final LongAdder receivedBytes = new LongAdder();
    final LongAdder repeated = new LongAdder();
    final LongAdder rejected = new LongAdder();

    ClusterReader(
            UUID self,
            ClusterEnvelope envelope,
            ClusterCodec codec,
            ClusterSequences sequences,
            ClusterRegistry registry,
            Receiver receiver) {
        this.self = self;
        this.envelope = envelope;
        this.codec = codec;
        this.sequences = sequences;
        this.registry = registry;
        this.receiver = receiver;
    }

    /** A broker gives a node what it has published itself, too: that is dropped before the work of verifying it, for it changes nothing. */
    void read(ClusterLink.Channel channel, byte[] bytes) {
        if (!ClusterEnvelope.saysToBeOf(self, bytes)) {
            verify(channel, bytes);
        }
    }

    private void verify(ClusterLink.Channel channel, byte[] bytes) {
        switch (envelope.open(channel, bytes)) {
            case ClusterEnvelope.Opened.Frames(UUID origin, long sequence, ClusterFrames frames) ->
                opened(origin, channel, sequence, frames, bytes.length);
            case ClusterEnvelope.Opened.Forged _ -> reject("it is not signed with this cluster's secret");
            case ClusterEnvelope.Opened.Foreign(int version) ->
                reject("it is of version " + version + ", and this node knows " + ClusterEnvelope.VERSION);
        }
    }

    /** Once in a while: a node that publishes rubbish must not fill the log. */
    private void reject(String why) {
        rejected.increment();
        if (Long.bitCount(rejected.sum()) == 1) {
            LOG.warn("dropped {} envelopes on the cluster's link so far; the last one because {}", rejected.sum(), why);
        }
    }

    private void opened(UUID origin, ClusterLink.Channel channel, long sequence, ClusterFrames frames, int size) {
        received.increment();
        receivedBytes.add(size);
        switch (sequences.arrived(origin, channel, sequence)) {
            case REPEATED -> repeated.increment();
            case AFTER_LOSS -> {
                RemoteNode node = registry.heard(origin);
                receiver.lost(node, channel);
                receive(node, frames);
            }
            case FIRST -> {
                Runnable comparison = receiver.begun(channel);
                receive(registry.heard(origin), frames);
                comparison.run();
            }
            case NEXT -> receive(registry.heard(origin), frames);
        }
    }

    private void receive(RemoteNode node, ClusterFrames frames) {
        try {
            while (frames.hasMore()) {
                ClusterFrame frame = codec.decode(frames.next());
                if (frame != null) {
                    receiver.receive(node, frame);
                }
            }
        } catch (IllegalArgumentException e) {
            reject("node " + node + " sent what cannot be read");
            LOG.debug("the rest of an envelope was dropped", e);
        }
    }
}
