package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logic and requests across nodes. */
@Timeout(120)
class ClusterLogicTest {
    private static final Address.Logic WORK = Address.logic("work");

    private final ClusterFixture fixture = new ClusterFixture();
    private final ClusterFixture.Node one = fixture.node("one");
    private final ClusterFixture.Node two = fixture.node("two");
    private final ClusterFixture.Node three = fixture.node("three");

    @AfterEach
    void close() {
        fixture.close();
    }

    /** What the logic of each node handled. */
    private static final class Handled {
        final ConcurrentLinkedQueue<Message> messages = new ConcurrentLinkedQueue<>();

        List<String> from(String user) {
            return messages.stream()
                    .filter(message -> message.source().equals(Address.client(user)))
                    .map(message -> message.payload().toString())
                    .toList();
        }
    }

    private static Handled work(ClusterFixture.Node node) {
        Handled handled = new Handled();
        node.router.add("work", new Logic.Worker((message, context) -> handled.messages.add(message), 100_000));
        return handled;
    }

    @Test
    void logicRunsOnceAndHereIfItIsHere() {
        Handled here = work(one);
        Handled there = work(two);
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();

        IntStream.range(0, 100).forEach(i -> alice.send(draft(WORK, "x" + i)));

        eventually().until(() -> here.messages.size() == 100);
        assertThat(there.messages).isEmpty();
    }

    @Test
    void logicElsewhereRunsOnceForEachMessageAndInTheOrderOfItsSender() {
        two.link.doubles = true;
        one.link.doubles = true;
        List<Handled> nodes = List.of(work(two), work(three));
        List<ClientSession> senders = IntStream.range(0, 20)
                .mapToObj(i -> one.connect("user" + i, new FakeConnection()))
                .toList();
        fixture.settle();

        for (int i = 0; i < 50; i++) {
            for (ClientSession sender : senders) {
                assertThat(sender.send(draft(WORK, "x" + i)).complete()).isTrue();
            }
        }

        eventually()
                .until(() ->
                        nodes.stream().mapToInt(each -> each.messages.size()).sum() >= 1_000);
        List<String> all = IntStream.range(0, 50).mapToObj(i -> "x" + i).toList();
        for (int i = 0; i < 20; i++) {
            String user = "user" + i;
            List<List<String>> handled =
                    nodes.stream().map(each -> each.from(user)).toList();
            assertThat(handled).containsExactlyInAnyOrder(all, List.of());
        }
        assertThat(nodes).allSatisfy(each -> assertThat(each.messages).isNotEmpty());
    }

    @Test
    void aNodeThatDrainsGetsNoWorkOfOthers() throws InterruptedException {
        Handled draining = work(two);
        Handled other = work(three);
        fixture.settle();
        two.router.drain(Duration.ofSeconds(1));
        eventually().until(() -> one.cluster.nodes().stream().anyMatch(ClusterNode::draining));

        for (int i = 0; i < 20; i++) {
            one.connect("user" + i, new FakeConnection()).send(draft(WORK, "x"));
        }

        eventually().until(() -> other.messages.size() == 20);
        assertThat(draining.messages).isEmpty();
    }

    @Test
    void whatNoNodeHasIsUnknown() {
        ClientSession alice = one.connect("alice", new FakeConnection());
        two.router.add("passive", Logic.passive(context -> {}));
        fixture.settle();

        assertThat(alice.send(draft(WORK, "x")).errors())
                .extracting(RouteError::code)
                .containsExactly(ErrorCode.UNKNOWN_LOGIC);
        assertThat(alice.send(draft(Address.logic("passive"), "x")).errors())
                .extracting(RouteError::code)
                .containsExactly(ErrorCode.UNKNOWN_LOGIC);
    }

    @Test
    void aLogicThatIsRemovedIsForgotten() {
        work(two);
        fixture.settle();
        two.router.remove("work");
        fixture.settle();

        assertThat(one.connect("alice", new FakeConnection())
                        .send(draft(WORK, "x"))
                        .complete())
                .isFalse();
    }

    @Test
    void aFullMailboxElsewhereIsToldToItsSender() {
        CountDownLatch end = new CountDownLatch(1);
        two.router.add("work", new Logic.Worker((message, context) -> end.await(), 1));
        FakeConnection connection = new FakeConnection();
        ClientSession alice = one.connect("alice", connection);
        fixture.settle();

        eventually().until(() -> {
            alice.send(draft(WORK, "x"));
            return !connection.refused.isEmpty();
        });
        assertThat(connection.refused.element().code()).isEqualTo(ErrorCode.MAILBOX_FULL);
        end.countDown();
    }

    private static CompletionStage<Message> ask(ClientSession session, Address target) {
        return session.request(draft(target, "ask"), Duration.ofMinutes(1));
    }

    private static RouteError failure(CompletionStage<Message> reply) {
        Throwable thrown = catchThrowable(() -> get(reply));
        assertThat(thrown).isInstanceOf(CompletionException.class).hasCauseInstanceOf(RequestException.class);
        return ((RequestException) Objects.requireNonNull(thrown.getCause())).error();
    }

    @Test
    void aRequestToLogicElsewhereIsAnswered() {
        two.router.add("work", Logic.dispatched((message, context) -> context.reply(message, Payload.text("answer"))));
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();

        Message reply = get(ask(alice, WORK));

        assertThat(reply.payload()).isEqualTo(Payload.text("answer"));
        assertThat(reply.source()).isEqualTo(WORK);
    }

    /** The requester need not wait until its time is over. */
    @Test
    void aReplyThatTheLinkCannotCarryFailsTheRequest() {
        fixture.linkBytes = ClusterLink.LEAST_MAX_BYTES;
        ClusterFixture.Node small = fixture.node("small");
        Payload large = Payload.text("x".repeat(ClusterLink.LEAST_MAX_BYTES));
        small.router.add("large", Logic.dispatched((message, context) -> context.reply(message, large)));
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();

        assertThat(failure(ask(alice, Address.logic("large"))).code()).isEqualTo(ErrorCode.TOO_LARGE);
    }

    @Test
    void aRequestToAClientElsewhereIsAnsweredByItAndByNobodyElse() {
        FakeConnection connection = new FakeConnection();
        ClientSession bob = two.connect("bob", connection);
        ClientSession mallory = two.connect("mallory", new FakeConnection());
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();
        List<SendReport> forged = new ArrayList<>();
        connection.onOffer = message -> {
            forged.add(mallory.reply(message.id(), Payload.text("forged"), Map.of()));
            bob.reply(message.id(), Payload.text("answer"), Map.of());
        };

        Message reply = get(ask(alice, Address.client("bob")));

        assertThat(reply.payload()).isEqualTo(Payload.text("answer"));
        assertThat(forged)
                .singleElement()
                .satisfies(report -> assertThat(report.complete()).isFalse());
    }

    @Test
    void aUserOnTwoNodesAnswersFromEither() {
        one.connect("bob", new FakeConnection());
        FakeConnection connection = new FakeConnection();
        ClientSession bob = two.connect("bob", connection);
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();
        connection.onOffer = message -> bob.reply(message.id(), Payload.text("from two"), Map.of());

        assertThat(get(ask(alice, Address.client("bob"))).payload()).isEqualTo(Payload.text("from two"));
    }

    @Test
    void aUserWhoLeavesThisNodeMayStillAnswerFromAnother() {
        ClientSession here = one.connect("bob", new FakeConnection());
        FakeConnection connection = new FakeConnection();
        ClientSession there = two.connect("bob", connection);
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();
        CompletionStage<Message> reply = ask(alice, Address.client("bob"));
        eventually().until(() -> !connection.offered.isEmpty());

        here.disconnected(CloseReason.GONE);
        assertThat(reply.toCompletableFuture()).isNotDone();
        there.reply(connection.offered.element().id(), Payload.text("from two"), Map.of());

        assertThat(get(reply).payload()).isEqualTo(Payload.text("from two"));
    }

    /** One who refuses leaves it to the others, on whichever node; the requester is told once the last one has. */
    @Test
    void aRequestThatAllSessionsRefuseHasFailed() {
        FakeConnection near = new FakeConnection();
        ClientSession here = one.connect("bob", near);
        FakeConnection far = new FakeConnection();
        ClientSession there = two.connect("bob", far);
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();
        CompletionStage<Message> reply = ask(alice, Address.client("bob"));
        eventually().until(() -> !far.offered.isEmpty());

        here.refuse(near.offered.element().id(), "not here");
        assertThat(reply.toCompletableFuture()).isNotDone();
        there.refuse(far.offered.element().id(), "not there");

        RouteError error = failure(reply);
        assertThat(error.code()).isEqualTo(ErrorCode.REJECTED);
        assertThat(error.message()).contains("not there");
    }

    @Test
    void aLogicThatFailsElsewhereIsTold() {
        two.router.add("work", Logic.dispatched((message, context) -> {
            throw new IllegalStateException("as this test wants it");
        }));
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();

        assertThat(failure(ask(alice, WORK)).code()).isEqualTo(ErrorCode.LOGIC_FAILED);
    }

    @Test
    void aClientThatLeavesAnswersNothingAndThatIsTold() {
        FakeConnection connection = new FakeConnection();
        ClientSession bob = two.connect("bob", connection);
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();
        connection.onOffer = message -> bob.disconnected(CloseReason.GONE);

        assertThat(failure(ask(alice, Address.client("bob"))).code()).isEqualTo(ErrorCode.UNKNOWN_CLIENT);
    }

    @Test
    void aRequestEndsWhenTheNodeDies() {
        two.connect("bob", new FakeConnection());
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();
        CompletionStage<Message> reply = ask(alice, Address.client("bob"));
        two.link.mute = true;

        fixture.passUntil(Duration.ofSeconds(15), () -> assertThat(one.known()).doesNotContain("two"));

        assertThat(failure(reply).code()).isEqualTo(ErrorCode.UNREACHABLE);
    }

    @Test
    void aRequestThatNobodyAnswersTimesOut() {
        two.connect("bob", new FakeConnection());
        ClientSession alice = one.connect("alice", new FakeConnection());
        fixture.settle();

        CompletionStage<Message> reply = ask(alice, Address.client("bob"));
        fixture.passUntil(
                Duration.ofMinutes(2),
                () -> assertThat(reply.toCompletableFuture()).isDone());

        assertThat(failure(reply).code()).isEqualTo(ErrorCode.TIMEOUT);
    }

    /** Nobody is left on this node just when another says that nobody answers there: whichever is the last of the two has to notice it. */
    @Test
    void aRequestThatNobodyIsLeftToAnswerHasFailed() throws Exception {
        ClusterMember member = (ClusterMember) one.cluster;
        Requests requests = ((MessageRouter) one.router).requests();
        RemoteNode other = member.registry().heard(two.cluster.self());
        Address.Client bob = Address.client("bob");
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < 2_000; round++) {
                Message request = Message.of(WORK, bob, Payload.text("ask"));
                Requests.Pending pending =
                        requests.open(request, fixture.clock.instant().plusSeconds(60), null);
                requests.put(pending);
                member.waits().asked(request, List.of(other), true);
                CyclicBarrier together = new CyclicBarrier(2);
                Future<?> left = threads.submit(() -> {
                    RouterFixture.await(together);
                    requests.asked(pending, List.of());
                });
                RouterFixture.await(together);
                member.waits().unanswered(request.id(), other, RouteError.unknownClient(bob));
                left.get();

                assertThat(pending.reply()).as("in round %s", round).isDone();
                member.waits().endOf(request.id());
            }
        }
    }
}
