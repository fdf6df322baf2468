package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkException;
import dev.signalbox.testing.contract.LinkRecorder.Event;
import dev.signalbox.testing.contract.LinkRecorder.Kind;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.FaultProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a broker in another process, and the network before it, may do to a {@link ClusterLink}, and what the link makes of it. */
@Timeout(300)
public abstract class ClusterLinkFaultContract {
    private static final Channel NODE = new Channel("node.1");
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final long MUCH = 16 << 20;
    private static final int FAULTS = 6;

    /**
     * How a link is made.
     *
     * @param silence how long the broker may leave a question unanswered
     * @param unconfirmedBytes what may wait for the broker
     * @param untoldBytes what may wait for the listener
     */
    protected record Tuning(Duration silence, long unconfirmedBytes, long untoldBytes) {
        /** Patient, so that a busy machine is not taken for a silent broker. */
        static final Tuning PATIENT = new Tuning(Duration.ofSeconds(20), MUCH, MUCH);

        Tuning withSilence(Duration changed) {
            return new Tuning(changed, unconfirmedBytes, untoldBytes);
        }
    }

    private final List<AutoCloseable> open = new ArrayList<>();
    private final LinkRecorder recorder = new LinkRecorder();
    private FaultyBroker broker;
    private FaultProxy proxy;

    /** Starts a broker of the test's own. */
    protected abstract FaultyBroker start();

    /** A link to the broker behind a port of this machine, not started yet; all of them are of one cluster. */
    protected abstract ClusterLink link(int port, Tuning tuning);

    @BeforeEach
    void startBroker() {
        broker = closing(start());
        proxy = closing(FaultProxy.before(broker.port()));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T each) {
        open.add(each);
        return each;
    }

    private ClusterLink up(int port, Tuning tuning, LinkRecorder listener) {
        ClusterLink link = closing(link(port, tuning));
        link.start(listener);
        listener.awaitCount(Kind.UP, 1);
        return link;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void done(CompletionStage<Void> stage) throws Exception {
        stage.toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private static ClusterLinkException failure(CompletionStage<Void> stage) throws Exception {
        try {
            done(stage);
        } catch (ExecutionException e) {
            return Objects.requireNonNull((ClusterLinkException) e.getCause());
        }
        throw new AssertionError("it did not fail");
    }

    /** A signal takes its time to stop a process, so the first publications may still succeed. */
    private static ClusterLinkException firstFailure(ClusterLink link) throws Exception {
        while (true) {
            try {
                done(link.publish(NODE, bytes("given to a frozen broker")));
            } catch (ExecutionException e) {
                return Objects.requireNonNull((ClusterLinkException) e.getCause());
            }
        }
    }

    /** Until what is published arrives again: a link may be down once more on a busy machine. */
    private void awaitHeard(ClusterLink sender, LinkRecorder receiver, String text) {
        await().atMost(SOON).until(() -> {
            sender.publish(NODE, bytes(text));
            return receiver.texts(NODE).contains(text);
        });
    }

    /** The kernel goes on answering for it, so that nothing but the broker's own silence tells. */
    @Test
    void aFrozenBrokerIsNoticedAndWhatItWasGivenFails() throws Exception {
        ClusterLink link = up(broker.port(), Tuning.PATIENT.withSilence(Duration.ofSeconds(2)), recorder);
        done(link.subscribe(NODE));
        broker.freeze();

        ClusterLinkException failure = firstFailure(link);
        recorder.awaitCount(Kind.DOWN, 1);
        assertThat(failure.maybeSent()).isTrue();
        assertThat(failure(link.publish(NODE, bytes("not given at all"))).maybeSent())
                .isFalse();

        broker.thaw();
        recorder.awaitCount(Kind.UP, 2);
        awaitHeard(link, recorder, "after");
        assertThat(recorder.count(Kind.LOST)).isPositive();
        assertThat(recorder.texts(NODE)).doesNotContain("not given at all");
    }

    /** A broker's own client may send it again when it is connected again. */
    @Test
    void whatWasUnderWayAtACutIsNotSentAgain() throws Exception {
        ClusterLink receiver = up(broker.port(), Tuning.PATIENT, recorder);
        done(receiver.subscribe(NODE));
        LinkRecorder cut = new LinkRecorder();
        ClusterLink sender = up(proxy.port(), Tuning.PATIENT, cut);

        proxy.swallowAnswers();
        CompletionStage<Void> sent = sender.publish(NODE, bytes("once"));
        recorder.awaitText(NODE, "once");
        proxy.cutOnce();

        assertThat(failure(sent).maybeSent()).isTrue();
        cut.awaitCount(Kind.UP, 2);
        done(sender.publish(NODE, bytes("after")));
        recorder.awaitText(NODE, "after");
        assertThat(recorder.texts(NODE)).containsExactly("once", "after");
    }

    /** As if a firewall had forgotten the connections: neither side is told that nothing passes any more. */
    @Test
    void connectionsThatFallSilentAreReplaced() throws Exception {
        ClusterLink receiver = up(proxy.port(), Tuning.PATIENT.withSilence(Duration.ofSeconds(2)), recorder);
        done(receiver.subscribe(NODE));
        ClusterLink sender = up(broker.port(), Tuning.PATIENT, new LinkRecorder());

        proxy.silence();
        done(sender.publish(NODE, bytes("into the void")));

        recorder.awaitCount(Kind.DOWN, 1);
        recorder.awaitCount(Kind.UP, 2);
        awaitHeard(sender, recorder, "after");
        List<Event> events = recorder.events();
        assertThat(events.subList(0, events.indexOf(new Event(Kind.RECEIVED, NODE, "after"))))
                .contains(new Event(Kind.LOST, NODE, null));
        assertThat(recorder.texts(NODE)).doesNotContain("into the void");
    }

    @Test
    void whatWaitsForABrokerIsBounded() throws Exception {
        ClusterLink link = up(broker.port(), new Tuning(Duration.ofMinutes(1), 1_000, MUCH), recorder);
        broker.freeze();

        List<CompletionStage<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add(link.publish(NODE, new byte[100]));
        }

        ClusterLinkException failure = failure(sent.getLast());
        assertThat(failure.maybeSent()).isFalse();
        assertThat(failure).hasMessageContaining("too much waits");
        broker.thaw();
        done(sent.getFirst());
        done(link.publish(NODE, bytes("there is room again")));
    }

    /** A listener that stands still fills the link's own queue; what does not fit is told in its place. */
    @Test
    void whatAListenerIsTooSlowForIsToldAsLost() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        recorder.onEvent = event -> {
            if ("0".equals(event.text())) {
                awaitLatch(goOn);
            }
        };
        ClusterLink receiver = up(broker.port(), new Tuning(Duration.ofSeconds(20), MUCH, 1_000), recorder);
        done(receiver.subscribe(NODE));
        ClusterLink sender = up(broker.port(), Tuning.PATIENT, new LinkRecorder());
        for (int i = 0; i < 100; i++) {
            done(sender.publish(NODE, bytes(Integer.toString(i))));
        }
        goOn.countDown();
        awaitHeard(sender, recorder, "end");

        assertThat(recorder.events()).contains(new Event(Kind.LOST, NODE, null));
        assertThat(recorder.texts(NODE)).startsWith("0", "1", "2");
        recorder.assertEachGapIsTold(NODE);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static LongStream seeds() {
        return Effort.seeds(1);
    }

    /** One sends numbers, and the other, whose connections break in one way or another, gets them in order, with each gap told. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whateverBreaksNoGapIsUntold(long seed) throws Exception {
        Random random = new Random(seed);
        Tuning tuning = Tuning.PATIENT.withSilence(Duration.ofSeconds(2));
        ClusterLink receiver = up(proxy.port(), tuning, recorder);
        done(receiver.subscribe(NODE));
        ClusterLink sender = up(broker.port(), tuning, new LinkRecorder());
        int number = 0;
        for (int fault = 0; fault < FAULTS; fault++) {
            number = send(sender, number, random.nextInt(200));
            switch (random.nextInt(4)) {
                case 0 -> proxy.cutOnce();
                case 1 -> proxy.cutAfterAnswering(random.nextInt(2_000));
                case 2 -> proxy.silence();
                default -> broker.kill();
            }
            number = send(sender, number, random.nextInt(200));
            proxy.heal();
            broker.startAgain();
            awaitHeard(sender, recorder, "end of fault " + fault);
        }

        assertThat(recorder.texts(NODE)).as(Effort.replay(getClass(), seed)).hasSizeGreaterThan(FAULTS);
        recorder.assertEachGapIsTold(NODE);
    }

    /** Numbers that the broker does not take, or maybe took, are not used again. */
    private static int send(ClusterLink link, int from, int count) {
        List<CompletionStage<Void>> sent = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            sent.add(link.publish(NODE, bytes(Integer.toString(i))));
        }
        sent.forEach(each -> assertThat(each.toCompletableFuture().handle((done, failure) -> true))
                .succeedsWithin(SOON));
        return from + count;
    }
}
