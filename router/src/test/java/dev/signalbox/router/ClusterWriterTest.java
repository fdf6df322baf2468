package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClusterWriter.Offered;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is published, when, and in how many envelopes; over a link whose broker answers when the test wants it. */
@Timeout(120)
class ClusterWriterTest {
    private static final UUID SELF = UUID.randomUUID();
    private static final int MAX_BYTES = 256 << 10;
    private static final int LARGE = 100_000;
    /** What a notice of missed publications begins with; the number of topics is added to it. */
    private static final int NOTICE = 10;

    /** What was published, and what the broker will answer. */
    private static final class Sent {
        private final byte[] bytes;
        private final CompletableFuture<Void> answer = new CompletableFuture<>();

        private Sent(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        CompletableFuture<Void> answer() {
            return answer;
        }
    }

    private static final class ScriptedLink implements ClusterLink {
        final List<Sent> published = new CopyOnWriteArrayList<>();
        volatile boolean answers = true;

        private long publishedBytes() {
            return published.stream().mapToLong(each -> each.bytes().length).sum();
        }

        @Override
        public int maxBytes() {
            return MAX_BYTES;
        }

        @Override
        public void start(Listener listener) {
            throw new UnsupportedOperationException("the writer starts nothing");
        }

        @Override
        public CompletionStage<Void> publish(Channel channel, byte[] bytes) {
            Sent publication = new Sent(bytes);
            published.add(publication);
            if (answers) {
                publication.answer().complete(null);
            }
            return publication.answer();
        }

        @Override
        public CompletionStage<Void> subscribe(Channel channel) {
            throw new UnsupportedOperationException("the writer subscribes to nothing");
        }

        @Override
        public void unsubscribe(Channel channel) {
            throw new UnsupportedOperationException("the writer subscribes to nothing");
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private final ScriptedLink link = new ScriptedLink();
    private final ClusterWriter writer = writer(false);
    private final ClusterOutbox outbox = outbox();
    private final AtomicInteger failures = new AtomicInteger();

    private ClusterWriter writer(boolean buffers) {
        return new ClusterWriter(link, new ClusterEnvelope(ClusterFixture.SECRET), SELF, buffers);
    }

    private static ClusterOutbox outbox() {
        return new ClusterOutbox(
                new ClusterLink.Channel("node.1"), 1 << 20, 0, topics -> new byte[] {(byte) (NOTICE + topics.size())});
    }

    @AfterEach
    void close() {
        link.published.forEach(each -> each.answer().complete(null));
        writer.close();
    }

    private Offered offer(byte[] frame) {
        return writer.offer(outbox, frame, failure -> failures.incrementAndGet());
    }

    /** Of all frames that were published. */
    private List<Integer> firstOctets() {
        ClusterEnvelope envelope = new ClusterEnvelope(ClusterFixture.SECRET);
        List<Integer> octets = new ArrayList<>();
        for (Sent each : link.published) {
            ClusterEnvelope.Opened opened = envelope.open(outbox.channel(), each.bytes());
            ClusterFrames frames = ((ClusterEnvelope.Opened.Frames) opened).frames();
            while (frames.hasMore()) {
                octets.add(frames.next().octet());
            }
        }
        return octets;
    }

    @Test
    void framesLeaveInTheirOrderAndSeveralInOneEnvelope() {
        writer.up();
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            assertThat(offer(new byte[] {(byte) (i % 100)})).isEqualTo(Offered.TAKEN);
            sent.add(i % 100);
        }

        eventually().until(() -> writer.frames.sum() == 10_000);
        assertThat(firstOctets()).isEqualTo(sent);
        assertThat(link.published).hasSizeLessThan(9_000);
        assertThat(writer.waitingBytes()).isZero();
    }

    /** Each costs the broker and the receivers about the same, whatever its size. */
    @Test
    void whatHasGatheredLeavesInAsFewEnvelopesAsHaveRoomForIt() {
        try (ClusterWriter buffering = writer(true)) {
            for (int i = 0; i < 600; i++) {
                assertThat(buffering.offer(outbox, new byte[1_000], failure -> failures.incrementAndGet()))
                        .isEqualTo(Offered.TAKEN);
            }

            buffering.up();

            eventually().until(() -> buffering.frames.sum() == 600);
        }
        assertThat(link.published).hasSize(3);
    }

    @Test
    void whatNoEnvelopeCanHoldIsRefused() {
        writer.up();

        int most = MAX_BYTES - ClusterEnvelope.OVERHEAD - ClusterFrames.HEAD;
        assertThat(offer(new byte[most])).isEqualTo(Offered.TAKEN);
        assertThat(offer(new byte[most + 1])).isEqualTo(Offered.TOO_LARGE);
        eventually().until(() -> link.published.size() == 1);
        assertThat(link.published.getFirst().bytes()).hasSizeBetween(most, MAX_BYTES);
    }

    /** What a frame takes beside its bytes is then most of it. */
    @Test
    void noEnvelopeOfVerySmallFramesIsLargerThanTheLinkTakes() {
        int count = 100_000;
        try (ClusterWriter buffering = writer(true)) {
            for (int i = 0; i < count; i++) {
                assertThat(buffering.offer(outbox, new byte[] {(byte) i}, failure -> failures.incrementAndGet()))
                        .isEqualTo(Offered.TAKEN);
            }

            buffering.up();

            eventually().until(() -> buffering.frames.sum() == count);
        }
        assertThat(link.published)
                .allSatisfy(each -> assertThat(each.bytes().length).isLessThanOrEqualTo(MAX_BYTES));
        assertThat(firstOctets()).hasSize(count);
    }

    @Test
    void aBrokerThatIsSlowMakesSendersWaitAndThenRefuse() {
        link.answers = false;
        writer.up();
        AtomicInteger taken = new AtomicInteger();
        eventually().until(() -> {
            taken.addAndGet(offer(new byte[LARGE]) == Offered.TAKEN ? 1 : 0);
            return link.publishedBytes() >= 4 << 20;
        });
        while (offer(new byte[LARGE]) == Offered.TAKEN) {
            taken.incrementAndGet();
        }

        assertThat(offer(new byte[LARGE])).isEqualTo(Offered.FULL);
        eventually().until(() -> {
            link.published.forEach(each -> each.answer().complete(null));
            return writer.frames.sum() == taken.get();
        });
        assertThat(failures).hasValue(0);
    }

    @Test
    void whileTheLinkIsDownFramesAreRefusedAndThoseThatWaitFail() {
        assertThat(offer(new byte[1])).isEqualTo(Offered.DOWN);
        link.answers = false;
        writer.up();
        assertThat(offer(new byte[1])).isEqualTo(Offered.TAKEN);
        eventually().until(() -> link.published.size() == 1);

        writer.down("a test");
        link.published.getFirst().answer().completeExceptionally(new ClusterLinkException("cut", true));

        eventually().until(() -> failures.get() == 1);
        assertThat(offer(new byte[1])).isEqualTo(Offered.DOWN);
        assertThat(writer.down()).isEqualTo("a test");
    }

    @Test
    void aClosedOutboxFailsWhatWaitsAlsoWhileTheLinkIsDown() {
        try (ClusterWriter buffering = writer(true)) {
            assertThat(buffering.offer(outbox, new byte[1], failure -> failures.incrementAndGet()))
                    .isEqualTo(Offered.TAKEN);
            ClusterOutbox other = outbox();
            assertThat(buffering.offer(other, new byte[1], failure -> failures.addAndGet(100)))
                    .isEqualTo(Offered.TAKEN);

            buffering.close(outbox);

            eventually().until(() -> failures.get() == 1);
            assertThat(buffering.offer(outbox, new byte[1], failure -> failures.incrementAndGet()))
                    .isEqualTo(Offered.DOWN);
        }
        assertThat(failures).hasValue(101);
        assertThat(link.published).isEmpty();
    }

    private static Iterator<byte[]> parts(int first, int count, int size) {
        return IntStream.range(first, first + count)
                .mapToObj(octet -> {
                    byte[] part = new byte[size];
                    part[0] = (byte) octet;
                    return part;
                })
                .iterator();
    }

    @Test
    void whatIsSaidInPartsHoldsNothingElseUp() {
        link.answers = false;
        writer.up();
        writer.offer(outbox, "a list", parts(0, 100, LARGE));
        eventually().until(() -> link.publishedBytes() >= 4 << 20);

        assertThat(writer.waitingBytes()).isZero();
        assertThat(offer(new byte[] {101})).isEqualTo(Offered.TAKEN);
        eventually().until(() -> {
            link.published.forEach(each -> each.answer().complete(null));
            return writer.frames.sum() == 101;
        });
        List<Integer> sent = firstOctets();
        assertThat(sent.indexOf(101)).isBetween(40, 50);
        sent.removeIf(octet -> octet == 101);
        assertThat(sent).isEqualTo(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void whatIsSaidAgainBeginsAnewInPlaceOfWhatIsLeft() {
        link.answers = false;
        writer.up();
        writer.offer(outbox, "a list", parts(0, 60, LARGE));
        writer.offer(outbox, "another", parts(60, 1, LARGE));
        eventually().until(() -> link.publishedBytes() >= 4 << 20);
        writer.offer(outbox, "a list", parts(110, 3, LARGE));

        eventually().until(() -> {
            link.published.forEach(each -> each.answer().complete(null));
            return firstOctets().contains(112);
        });
        List<Integer> sent = firstOctets();
        assertThat(sent).contains(0, 60).doesNotContain(59);
        assertThat(sent.subList(sent.size() - 3, sent.size())).containsExactly(110, 111, 112);
    }

    @Test
    void whatWasBeingSaidInPartsWhenTheLinkBrokeCanBeSaidAnew() {
        link.answers = false;
        writer.up();
        writer.offer(outbox, "a list", parts(0, 100, LARGE));
        eventually().until(() -> link.publishedBytes() >= 4 << 20);
        writer.down("a test");
        eventually().until(outbox::isEmpty);

        writer.up();
        writer.offer(outbox, "a list", parts(100, 1, LARGE));

        eventually().until(() -> {
            link.published.forEach(each -> each.answer().complete(null));
            return firstOctets().contains(100);
        });
        assertThat(firstOctets()).doesNotContain(99);
    }

    private boolean add(int octet) {
        return outbox.add(new byte[] {(byte) octet}, failure -> failures.incrementAndGet());
    }

    @Test
    void whatWasRefusedIsToldInItsPlaceAndByName() {
        add(1);
        outbox.misses("a");
        outbox.misses("b");
        outbox.misses("a");
        add(2);
        outbox.misses("c");

        writer.up();
        writer.list(outbox);

        eventually().untilAsserted(() -> assertThat(firstOctets()).containsExactly(1, NOTICE + 2, 2, NOTICE + 1));
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(outbox.takeHole()).isFalse();
    }

    @Test
    void whereTooManyTopicsMissSomethingNoneIsNamed() {
        for (int i = 0; i <= ClusterOutbox.MAX_NAMES; i++) {
            outbox.misses("topic" + i);
        }
        outbox.misses("topic0");

        writer.up();
        writer.list(outbox);

        eventually().untilAsserted(() -> assertThat(firstOctets()).containsExactly(NOTICE));
    }

    @Test
    void aNoticeThatIsNotCarriedLeavesAHole() {
        link.answers = false;
        outbox.misses("a");
        writer.up();
        writer.list(outbox);
        eventually().until(() -> link.published.size() == 1);

        link.published.getFirst().answer().completeExceptionally(new ClusterLinkException("cut", true));

        eventually().until(outbox::takeHole);
    }

    /** Its sender may send the next message at once, and that must not look as if it came right behind the one before. */
    @Test
    void whatFailsBeforeItIsPublishedLeavesAPlaceFree() {
        add(1);
        writer.list(outbox);
        eventually().until(() -> failures.get() == 1);

        writer.up();
        assertThat(offer(new byte[] {2})).isEqualTo(Offered.TAKEN);

        eventually().until(() -> link.published.size() == 1);
        ClusterEnvelope.Opened opened = new ClusterEnvelope(ClusterFixture.SECRET)
                .open(outbox.channel(), link.published.getFirst().bytes());
        assertThat(((ClusterEnvelope.Opened.Frames) opened).sequence()).isEqualTo(2);
    }
}
