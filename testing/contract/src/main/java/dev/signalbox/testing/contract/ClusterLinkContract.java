package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkException;
import dev.signalbox.testing.contract.LinkRecorder.Event;
import dev.signalbox.testing.contract.LinkRecorder.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link ClusterLink} must do, over a broker that can be stopped and started again. Each test uses a cluster of its own, so
 * that all of a class may share one broker.
 */
@Timeout(120)
public abstract class ClusterLinkContract {
    private static final Channel NODE = new Channel("node.1");
    private static final Channel OTHER = new Channel("node.2");
    private static final int MANY = 5_000;

    private final List<ClusterLink> open = new ArrayList<>();
    private String cluster = "";

    /** A link over the broker that is not started yet, of a cluster by that name. */
    protected abstract ClusterLink link(String cluster) throws Exception;

    /** Ends the broker, in a way that its clients notice; when this returns, it takes nothing any more. */
    protected abstract void stopBroker() throws Exception;

    /** Starts the broker again, at the same place; without effect if it runs. */
    protected abstract void startBroker() throws Exception;

    @AfterEach
    void closeLinks() throws Exception {
        startBroker();
        open.forEach(ClusterLink::close);
    }

    /** The name of this test's cluster: unique, also among repetitions. */
    private String cluster() {
        if (cluster.isEmpty()) {
            cluster = "contract-" + Long.toString(System.nanoTime(), 36);
        }
        return cluster;
    }

    private ClusterLink started(String name, LinkRecorder recorder) throws Exception {
        ClusterLink link = link(name);
        open.add(link);
        link.start(recorder);
        return link;
    }

    private ClusterLink connected(LinkRecorder recorder) throws Exception {
        ClusterLink link = started(cluster(), recorder);
        recorder.awaitCount(Kind.UP, 1);
        return link;
    }

    private ClusterLink connected() throws Exception {
        return connected(new LinkRecorder());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static void publish(ClusterLink link, Channel channel, String text) {
        get(link.publish(channel, bytes(text)));
    }

    @Test
    void aSubscriberReceivesWhateverBytesAreThere() throws Exception {
        LinkRecorder bob = new LinkRecorder();
        get(connected(bob).subscribe(NODE));
        ClusterLink alice = connected();
        byte[] all = new byte[256];
        IntStream.range(0, all.length).forEach(i -> all[i] = (byte) i);

        get(alice.publish(NODE, all));
        publish(alice, NODE, "end");

        bob.awaitText(NODE, "end");
        assertThat(bob.texts(NODE)).containsExactly(new String(all, StandardCharsets.ISO_8859_1), "end");
    }

    @Test
    void whoDoesNotSubscribeReceivesNothing() throws Exception {
        LinkRecorder bob = new LinkRecorder();
        LinkRecorder carol = new LinkRecorder();
        get(connected(bob).subscribe(NODE));
        get(connected(carol).subscribe(OTHER));
        ClusterLink alice = connected();

        publish(alice, NODE, "for bob");
        publish(alice, OTHER, "for carol");

        bob.awaitText(NODE, "for bob");
        carol.awaitText(OTHER, "for carol");
        assertThat(bob.count(Kind.RECEIVED)).isOne();
        assertThat(carol.count(Kind.RECEIVED)).isOne();
    }

    @Test
    void whatNobodySubscribesToIsPublishedWithSuccess() throws Exception {
        assertThat(connected().publish(NODE, bytes("x"))).succeedsWithin(Duration.ofSeconds(60));
    }

    @Test
    void allSubscribersReceiveEachTheSenderIncluded() throws Exception {
        LinkRecorder alice = new LinkRecorder();
        LinkRecorder bob = new LinkRecorder();
        ClusterLink sender = connected(alice);
        get(sender.subscribe(NODE));
        get(connected(bob).subscribe(NODE));

        publish(sender, NODE, "for all");

        alice.awaitText(NODE, "for all");
        bob.awaitText(NODE, "for all");
    }

    @Test
    void clustersOfOneBrokerDoNotHearEachOther() throws Exception {
        LinkRecorder other = new LinkRecorder();
        LinkRecorder same = new LinkRecorder();
        ClusterLink stranger = started(cluster() + "-other", other);
        get(stranger.subscribe(NODE));
        get(connected(same).subscribe(NODE));

        publish(connected(), NODE, "ours");
        publish(stranger, NODE, "theirs");

        same.awaitText(NODE, "ours");
        other.awaitText(NODE, "theirs");
        assertThat(same.texts(NODE)).containsExactly("ours");
        assertThat(other.texts(NODE)).containsExactly("theirs");
    }

    @Test
    void eachSenderKeepsItsOrderAndNothingComesTwice() throws Exception {
        LinkRecorder bob = new LinkRecorder();
        get(connected(bob).subscribe(NODE));
        List<Thread> senders = new ArrayList<>();
        List<CompletionStage<Void>> sent = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            ClusterLink link = connected();
            senders.add(Thread.ofVirtual().unstarted(() -> sendMany(link, name, sent)));
        }
        senders.forEach(Thread::start);
        for (Thread sender : senders) {
            sender.join();
        }

        sent.forEach(ClusterLinkContract::get);
        bob.awaitText(NODE, "a" + (MANY - 1));
        bob.awaitText(NODE, "b" + (MANY - 1));
        for (String name : List.of("a", "b")) {
            assertThat(bob.texts(NODE).stream().filter(text -> text.startsWith(name)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, MANY).mapToObj(i -> name + i).toList());
        }
        assertThat(bob.overlapped).isFalse();
    }

    /** A window at a time, so that no link's bound on what waits is met. */
    private static void sendMany(ClusterLink link, String name, List<CompletionStage<Void>> sent) {
        for (int i = 0; i < MANY; i++) {
            CompletionStage<Void> stage = link.publish(NODE, bytes(name + i));
            synchronized (sent) {
                sent.add(stage);
            }
            if (i % 500 == 499) {
                get(stage);
            }
        }
    }

    @Test
    void afterUnsubscribingNothingArrives() throws Exception {
        LinkRecorder bob = new LinkRecorder();
        ClusterLink receiver = connected(bob);
        get(receiver.subscribe(NODE));
        get(receiver.subscribe(OTHER));
        ClusterLink alice = connected();
        publish(alice, NODE, "heard");
        bob.awaitText(NODE, "heard");

        receiver.unsubscribe(NODE);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            long before = bob.received(NODE).size();
            publish(alice, NODE, "unheard");
            String mark = "mark " + System.nanoTime();
            publish(alice, OTHER, mark);
            bob.awaitText(OTHER, mark);
            return bob.received(NODE).size() == before;
        });
    }

    @Test
    void subscribingAgainChangesNothing() throws Exception {
        LinkRecorder bob = new LinkRecorder();
        ClusterLink receiver = connected(bob);
        get(receiver.subscribe(NODE));
        get(receiver.subscribe(NODE));
        ClusterLink alice = connected();

        publish(alice, NODE, "once");
        publish(alice, NODE, "end");

        bob.awaitText(NODE, "end");
        assertThat(bob.texts(NODE)).containsExactly("once", "end");
    }

    @Test
    void aPublicationHasItsLargestSizeAndNoMore() throws Exception {
        LinkRecorder bob = new LinkRecorder();
        get(connected(bob).subscribe(NODE));
        ClusterLink alice = connected();
        int most = Math.min(alice.maxBytes(), 4 << 20);

        assertThat(alice.maxBytes()).isGreaterThanOrEqualTo(ClusterLink.LEAST_MAX_BYTES);
        publish(alice, NODE, "x".repeat(most));

        bob.awaitCount(Kind.RECEIVED, 1);
        assertThat(bob.texts(NODE).getFirst()).hasSize(most);
        assertThatIllegalArgumentException().isThrownBy(() -> alice.publish(NODE, new byte[alice.maxBytes() + 1]));
        assertThatIllegalArgumentException().isThrownBy(() -> alice.publish(NODE, new byte[0]));
    }

    @Test
    void aFailingListenerIsToldOfWhatComesNext() throws Exception {
        LinkRecorder bob = new LinkRecorder();
        bob.onEvent = event -> {
            if ("bad".equals(event.text())) {
                throw new IllegalStateException("as this test wants it");
            }
        };
        get(connected(bob).subscribe(NODE));
        ClusterLink alice = connected();

        publish(alice, NODE, "bad");
        publish(alice, NODE, "good");

        bob.awaitText(NODE, "good");
    }

    @Test
    void aLinkIsStartedOnce() throws Exception {
        ClusterLink link = connected();

        assertThatIllegalStateException().isThrownBy(() -> link.start(new LinkRecorder()));
    }

    @Test
    void aLinkStartsWhileItsBrokerIsAway() throws Exception {
        stopBroker();
        LinkRecorder bob = new LinkRecorder();
        ClusterLink receiver = started(cluster(), bob);
        CompletionStage<Void> subscribed = receiver.subscribe(NODE);
        bob.awaitCount(Kind.DOWN, 1);

        startBroker();

        bob.awaitCount(Kind.UP, 1);
        get(subscribed);
        publish(connected(), NODE, "hello");
        bob.awaitText(NODE, "hello");
    }

    @Test
    void anOutageIsToldAndHeals() throws Exception {
        LinkRecorder bob = new LinkRecorder();
        ClusterLink receiver = connected(bob);
        get(receiver.subscribe(NODE));
        get(receiver.subscribe(OTHER));
        LinkRecorder alice = new LinkRecorder();
        ClusterLink sender = connected(alice);
        publish(sender, NODE, "before");
        bob.awaitText(NODE, "before");

        stopBroker();
        bob.awaitCount(Kind.DOWN, 1);
        alice.awaitCount(Kind.DOWN, 1);
        assertThat(failure(sender.publish(NODE, bytes("while down")))).isInstanceOf(ClusterLinkException.class);
        startBroker();
        bob.awaitCount(Kind.UP, 2);
        alice.awaitCount(Kind.UP, 2);
        publish(sender, NODE, "after");
        bob.awaitText(NODE, "after");

        assertThat(bob.texts(NODE)).containsExactly("before", "after");
        assertThatLossWasToldBefore(bob, "after");
        assertThat(bob.events().stream().filter(each -> each.kind() == Kind.DOWN))
                .allSatisfy(each -> assertThat(each.text()).isNotBlank());
    }

    private static void assertThatLossWasToldBefore(LinkRecorder recorder, String text) {
        List<Event> events = recorder.events();
        int received = events.indexOf(new Event(Kind.RECEIVED, NODE, text));
        assertThat(events.subList(0, received))
                .contains(new Event(Kind.LOST, NODE, null), new Event(Kind.LOST, OTHER, null));
    }

    private static Throwable failure(CompletionStage<Void> stage) {
        Throwable thrown = catchThrowable(() -> get(stage));
        return thrown instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : thrown;
    }

    @Test
    void nothingIsPublishedOrToldAfterTheEnd() throws Exception {
        LinkRecorder bob = new LinkRecorder();
        ClusterLink receiver = connected(bob);
        get(receiver.subscribe(NODE));
        ClusterLink alice = connected();

        receiver.close();
        receiver.close();
        int told = bob.events().size();
        publish(alice, NODE, "too late");

        assertThat(failure(receiver.publish(NODE, bytes("x")))).isInstanceOf(ClusterLinkException.class);
        assertThat(failure(receiver.subscribe(NODE))).isInstanceOf(ClusterLinkException.class);
        alice.close();
        assertThat(bob.events()).hasSize(told);
    }

    @Test
    void whatIsUnderWayFailsOrSucceedsWhenTheLinkCloses() throws Exception {
        ClusterLink alice = connected();
        List<CompletableFuture<Void>> sent = IntStream.range(0, 200)
                .mapToObj(i -> alice.publish(NODE, bytes("x" + i)).toCompletableFuture())
                .toList();

        alice.close();

        for (CompletableFuture<Void> each : sent) {
            Throwable thrown = each.handle((done, failure) -> failure).get(60, TimeUnit.SECONDS);
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(ClusterLinkException.class);
            }
        }
    }

    @Test
    void aChannelsNameIsChecked() {
        for (String name : List.of("", "Node", "a b", "ä", "x".repeat(65))) {
            assertThatExceptionOfType(IllegalArgumentException.class).as(name).isThrownBy(() -> new Channel(name));
        }
    }
}
