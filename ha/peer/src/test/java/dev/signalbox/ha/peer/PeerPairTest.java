package dev.signalbox.ha.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Two nodes with only each other, on a clock that the test moves, and a wire that it cuts. */
class PeerPairTest {
    private static final Duration STEP = Duration.ofMillis(200);

    private final AtomicInteger changes = new AtomicInteger();
    private long nanos;
    private boolean cut;
    private Optional<Boolean> witness = Optional.empty();
    private final Node one = new Node("one");
    private final Node two = new Node("two");

    /** A node and what it sees of the other. */
    private final class Node {
        private final PeerMonitor monitor;
        private boolean dead;
        private boolean well = true;
        private boolean broken;

        Node(String name) {
            PeerOptions options = PeerOptions.of(URI.create("http://unused")).withPatience(Duration.ofSeconds(2));
            monitor = new PeerMonitor(
                    name, options, this::look, this::isWell, (mode, seen) -> changes.incrementAndGet(), () -> nanos);
        }

        private boolean isWell() {
            if (broken) {
                throw new IllegalStateException("the check is broken");
            }
            return well;
        }

        private Sighting look() {
            Node other = equals(one) ? two : one;
            return cut || other.dead
                    ? new Sighting.Silent("no answer", witness)
                    : new Sighting.Told(other.monitor.status(InstantSource.system()));
        }

        void step() throws InterruptedException {
            if (!dead) {
                monitor.runOnce();
            }
        }

        boolean serves() {
            return !dead && monitor.mode() == Mode.SERVING;
        }
    }

    private void pass(Duration time) throws InterruptedException {
        for (long end = nanos + time.toNanos(); nanos < end; nanos += STEP.toNanos()) {
            one.step();
            two.step();
        }
    }

    private void requireOneServes() {
        assertThat(one.serves()).isNotEqualTo(two.serves());
    }

    @Test
    void twoThatStartTogetherAgreeAndNeverBothServe() throws Exception {
        for (int i = 0; i < 100; i++) {
            pass(STEP);
            assertThat(one.serves() && two.serves()).isFalse();
        }
        assertThat(one.serves()).isTrue();
        assertThat(two.serves()).isFalse();
    }

    @Test
    void theOtherServesWhenOneDiesAndKeepsServingWhenItIsBack() throws Exception {
        pass(Duration.ofSeconds(10));
        one.dead = true;
        pass(Duration.ofSeconds(10));
        assertThat(two.serves()).isTrue();

        one.dead = false;
        pass(Duration.ofSeconds(10));
        requireOneServes();
    }

    @Test
    void theOtherServesWhenOneIsNotWell() throws Exception {
        pass(Duration.ofSeconds(10));
        one.well = false;
        pass(Duration.ofSeconds(10));
        assertThat(one.serves()).isFalse();
        assertThat(two.serves()).isTrue();
    }

    @Test
    void aNodeWhoseOwnCheckFailsCountsAsNotWell() throws Exception {
        pass(Duration.ofSeconds(10));
        one.broken = true;
        pass(Duration.ofSeconds(10));
        assertThat(one.serves()).isFalse();
        assertThat(two.serves()).isTrue();
    }

    /** What advisory means: this is not prevented, and it ends when the wire is whole again. */
    @Test
    void bothServeWhileTheWireIsCutAndOneAfterwards() throws Exception {
        pass(Duration.ofSeconds(10));
        cut = true;
        pass(Duration.ofSeconds(10));
        assertThat(one.serves() && two.serves()).isTrue();

        cut = false;
        pass(Duration.ofSeconds(10));
        assertThat(one.serves()).isTrue();
        assertThat(two.serves()).isFalse();
    }

    @Test
    void aNodeThatSeesNeitherPeerNorWitnessDoesNotServe() throws Exception {
        pass(Duration.ofSeconds(10));
        cut = true;
        witness = Optional.of(false);
        pass(Duration.ofSeconds(10));
        assertThat(one.serves() || two.serves()).isFalse();
    }

    @Test
    void aPeerThatComesAndGoesChangesNextToNothing() throws Exception {
        pass(Duration.ofSeconds(10));
        int before = changes.get();
        for (int i = 0; i < 3_000; i++) {
            cut = i % 2 == 0;
            pass(STEP);
        }
        assertThat(changes.get() - before).as("changes of mode in ten minutes").isLessThanOrEqualTo(2);
    }

    @Test
    void aWireThatIsCutAtRandomChangesLessAndLess() throws Exception {
        SplittableRandom random = new SplittableRandom(20260301);
        for (int i = 0; i < 3_000; i++) {
            cut = random.nextInt(10) < 8;
            pass(STEP);
        }
        assertThat(changes.get()).as("changes of mode in ten minutes").isLessThanOrEqualTo(12);
        cut = false;
        pass(Duration.ofSeconds(10));
        requireOneServes();
    }
}
