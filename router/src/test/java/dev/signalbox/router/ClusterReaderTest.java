package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of envelopes that a broker hands to a node. */
class ClusterReaderTest {
    private static final UUID SELF = UUID.randomUUID();
    private static final ClusterLink.Channel CHANNEL = new ClusterLink.Channel("topic.7");

    private final SettableClock clock = new SettableClock();
    private final ClusterCodec codec = new ClusterCodec(clock);
    private final List<ClusterFrame> received = new ArrayList<>();
    private final ClusterReader reader = new ClusterReader(
            SELF,
            new ClusterEnvelope(ClusterFixture.SECRET),
            codec,
            new ClusterSequences(),
            new ClusterRegistry(
                    clock,
                    Duration.ofMinutes(1),
                    id -> new ClusterOutbox(ClusterSender.channel(id), 1_000, 0, topics -> new byte[0]),
                    new Nobody()),
            new Receiving());

    private final class Receiving implements ClusterReader.Receiver {
        @Override
        public void receive(RemoteNode node, ClusterFrame frame) {
            received.add(frame);
        }

        @Override
        public void lost(RemoteNode node, ClusterLink.Channel channel) {
            throw new AssertionError("nothing is lost");
        }

        @Override
        public Runnable begun(ClusterLink.Channel channel) {
            return () -> {};
        }
    }

    private static final class Nobody implements ClusterRegistry.Watcher {
        @Override
        public void came(RemoteNode node) {}

        @Override
        public void incomplete(RemoteNode node) {}

        @Override
        public void appeared(String user, RemoteNode node) {}

        @Override
        public void ended(List<Address.Session> sessions) {}

        @Override
        public void gone(RemoteNode node) {}
    }

    private void read(UUID origin, String secret, ClusterFrame... frames) {
        List<byte[]> encoded = new ArrayList<>();
        for (ClusterFrame each : frames) {
            encoded.add(codec.encode(each));
        }
        reader.read(CHANNEL, new ClusterEnvelope(secret).seal(CHANNEL, origin, 1, encoded));
    }

    @Test
    void framesOfAnotherNodeAreReceivedInTheirOrder() {
        ClusterFrame[] frames = {
            new ClusterFrame.Grown("news"),
            new ClusterFrame.Grown("news.a"),
            new ClusterFrame.Mark(),
            new ClusterFrame.Missed(CHANNEL, Set.of("a")),
            new ClusterFrame.Grown("new")
        };

        read(UUID.randomUUID(), ClusterFixture.SECRET, frames);

        assertThat(received).containsExactly(frames);
        assertThat(reader.received.sum()).isEqualTo(1);
    }

    /** Half of what a node of two gets is its own, and verifying costs as much as signing. */
    @Test
    void whatTheNodeHasPublishedItselfIsNotEvenVerified() {
        read(SELF, ClusterFixture.SECRET, new ClusterFrame.Mark());
        read(SELF, "another secret that is long enough to be one", new ClusterFrame.Mark());

        assertThat(received).isEmpty();
        assertThat(reader.received.sum()).isZero();
        assertThat(reader.rejected.sum()).isZero();
    }

    @Test
    void whatIsNotSignedOrIsNoEnvelopeIsRejected() {
        read(UUID.randomUUID(), "another secret that is long enough to be one", new ClusterFrame.Mark());
        reader.read(CHANNEL, new byte[0]);
        reader.read(CHANNEL, new byte[ClusterEnvelope.OVERHEAD - 1]);
        reader.read(CHANNEL, new byte[1_000]);

        assertThat(received).isEmpty();
        assertThat(reader.rejected.sum()).isEqualTo(4);
    }

    @Test
    void whatComesBeforeAFrameThatCannotBeReadIsReceived() {
        byte[] cutOff = {codec.encode(new ClusterFrame.Grown("a"))[0], 100};
        byte[] envelope = new ClusterEnvelope(ClusterFixture.SECRET)
                .seal(CHANNEL, UUID.randomUUID(), 1, List.of(codec.encode(new ClusterFrame.Mark()), cutOff));

        reader.read(CHANNEL, envelope);

        assertThat(received).containsExactly(new ClusterFrame.Mark());
        assertThat(reader.rejected.sum()).isEqualTo(1);
    }
}
