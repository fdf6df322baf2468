package dev.signalbox.session.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.signalbox.session.bus.BusHealth.Status;
import dev.signalbox.session.bus.BusOptions;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.mongodb.ScriptedMongo.Fate;
import dev.signalbox.testing.contract.Recorder;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.FaultProxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A scripted server that fails at each step there is, under a subscriber that looks by itself only once an hour. */
class MongoFaultTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int UNHEARD_OF = 8_000;
    private static final long CONVERSATION = 2_000;
    private static final Duration OFTEN = Duration.ofMillis(1);
    private static final BusOptions OPTIONS =
            BusOptions.DEFAULT.withSweep(Duration.ofHours(1)).withPatience(Duration.ofSeconds(20));

    private final ScriptedMongo mongo = ScriptedMongo.start();
    private final List<AutoCloseable> open = new ArrayList<>(List.of(mongo));
    private final Counting recorder = new Counting();
    private SessionBus<String> sender;
    private int sent;

    private static final class Counting extends Recorder {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void onEvent(Event<String> event) throws Exception {
            super.onEvent(event);
            count.incrementAndGet();
        }

        int count() {
            return count.get();
        }
    }

    @BeforeEach
    void subscribe() throws InterruptedException {
        sender = bus(Duration.ofSeconds(10));
        SessionBus<String> receiver = bus(Duration.ofSeconds(1));
        receiver.subscribe("s", From.beginning(), recorder);
        recorder.awaitStarted();
        send(1);
        awaitAll();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    private <C extends AutoCloseable> C closing(C closeable) {
        open.add(closeable);
        return closeable;
    }

    /** A client that looks at a failed server again at once, which makes thousands of faults bearable. */
    private MongoClient client() {
        return client(mongo.port());
    }

    private MongoClient client(int port) {
        return closing(MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(ScriptedMongo.url(port)))
                .applyToServerSettings(server -> server.minHeartbeatFrequency(1, TimeUnit.MILLISECONDS)
                        .heartbeatFrequency(500, TimeUnit.MILLISECONDS))
                .build()));
    }

    private SessionBus<String> bus(Duration timeout) {
        return bus(client(), timeout, OPTIONS);
    }

    private SessionBus<String> bus(MongoClient client, Duration timeout, BusOptions options) {
        var store = MongoSessions.open(
                client.getDatabase("test"), "messagebus", Retention.FOREVER, InstantSource.system(), timeout);
        return closing(SessionBus.builder(store, Codec.text()).options(options).build());
    }

    private void send(int events) {
        for (int i = 0; i < events; i++) {
            sender.send("s", "e" + sent++);
        }
    }

    private void sendTogether(int events) {
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            all.add(sender.sendAsync("s", "e" + sent++));
        }
        all.forEach(CompletableFuture::join);
    }

    private void awaitAll() {
        await().atMost(SOON).pollInterval(OFTEN).until(() -> recorder.count() >= sent);
    }

    private void assertNothingLostDoubledOrReordered() {
        List<String> texts = recorder.texts();
        assertThat(texts).hasSize(sent);
        for (int i = 0; i < sent; i++) {
            assertThat(texts.get(i)).isEqualTo("e" + i);
        }
        recorder.assertWhole();
    }

    /** In ten shares, since the server behind looks through all it has for each question. In the build, at every twentieth byte. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void cutAtEveryByteOfAConversationNothingIsLostDoubledOrReordered(int share) {
        mongo.cutStreamAfter(0);
        await().atMost(SOON).pollInterval(OFTEN).until(mongo::areCutsDone);
        for (long cut = share; cut < CONVERSATION; cut += 10L * Effort.of(20, 1)) {
            // The first cut makes the stream begin anew; the second one comes somewhere in what it says then.
            mongo.cutStreamAfter(0, cut);
            sendTogether(4);
            await().atMost(SOON).pollInterval(OFTEN).until(mongo::areCutsDone);
            awaitAll();
        }
        assertNothingLostDoubledOrReordered();
        System.out.println("scripted fake: cuts in " + CONVERSATION + " bytes of a change stream from byte " + share
                + ", " + sent + " events: none lost, doubled or reordered");
    }

    /** What the shares take for granted. */
    @Test
    void aConversationIsNoLongerThanIsCut() {
        mongo.cutStreamAfter(0);
        await().atMost(SOON).pollInterval(OFTEN).until(mongo::areCutsDone);
        long before = mongo.newsBytes();
        sendTogether(4);
        awaitAll();
        // The opening of the stream and the changes.
        assertThat(mongo.newsBytes() - before).isBetween(500L, CONVERSATION);
    }

    @ParameterizedTest
    @ValueSource(ints = {286, 280, 237, 10_107})
    void anErrorAtEachStepOfTheStreamLosesNothing(int code) {
        for (int step = 0; step < 8; step++) {
            mongo.cutStreamAfter(0);
            mongo.failStream(step + 1, code);
            send(4);
            await().atMost(SOON).pollInterval(OFTEN).until(mongo::isStreamErrorDone);
            send(1);
            awaitAll();
        }
        assertNothingLostDoubledOrReordered();
    }

    @ParameterizedTest
    @CsvSource({"insert,10107", "insert,11602", "insert,91", "aggregate,10107", "aggregate,13435"})
    void anAppendOutlastsFailovers(String command, int code) {
        for (Fate fate : List.of(Fate.REFUSED, Fate.DONE_AND_REFUSED, Fate.DONE_AND_CUT)) {
            for (int round = 0; round < 5; round++) {
                mongo.fail(command, fate, code);
                send(2);
                await().atMost(SOON).until(mongo::arePlansDone);
            }
        }
        awaitAll();
        assertNothingLostDoubledOrReordered();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fate.class,
            names = {"REFUSED", "DONE_AND_CUT"})
    void aReadOutlastsFailovers(Fate fate) {
        for (int round = 0; round < 10; round++) {
            mongo.fail("find", fate, 10_107);
            send(2);
            await().atMost(SOON).until(mongo::arePlansDone);
        }
        awaitAll();
        assertNothingLostDoubledOrReordered();
    }

    @Test
    void allConnectionsGoAtATimeAgainAndAgain() {
        for (int round = 0; round < 100; round++) {
            send(2);
            mongo.cutAll();
            send(1);
        }
        awaitAll();
        assertNothingLostDoubledOrReordered();
    }

    @Test
    void aForgottenHistoryIsNoGapWhileTheEventsAreThere() {
        for (int round = 0; round < 5; round++) {
            int lost = mongo.historyLost();
            mongo.forgetHistoryAndCut();
            send(3);
            await().atMost(SOON).until(() -> mongo.historyLost() > lost);
            awaitAll();
        }
        assertThat(mongo.historyLost()).as("attempts to resume what cannot be").isLessThanOrEqualTo(10);
        assertNothingLostDoubledOrReordered();
    }

    @Test
    void aQuietStreamGoesOnFromWhereItWasQuiet() {
        MongoClient other = client();
        for (int i = 0; i < 50; i++) {
            other.getDatabase("test").getCollection("noise").insertOne(new Document("n", i));
        }
        mongo.forgetHistory();
        long quiet = mongo.streamBytes();
        await().atMost(SOON).until(() -> mongo.streamBytes() > quiet + 2_000);
        int opened = mongo.streamsOpened();
        // Not one after which the driver goes on by itself, with a token of its own.
        mongo.failStream(0, UNHEARD_OF);
        await().atMost(SOON).until(() -> mongo.streamsOpened() > opened);
        send(3);
        awaitAll();
        assertThat(mongo.historyLost()).as("resumed from an old token").isZero();
        assertNothingLostDoubledOrReordered();
    }

    /** The other end is gone, and nothing says so: no byte comes any more, and none is refused. */
    @Test
    void aHalfOpenStreamIsNoticedWithinTheConfiguredTimeAndReplaced() throws Exception {
        FaultProxy proxy = closing(FaultProxy.before(mongo.port()));
        BusOptions quick = OPTIONS.withLiveness(Duration.ofSeconds(2));
        SessionBus<String> behind = bus(client(proxy.port()), Duration.ofSeconds(2), quick);
        Recorder late = new Recorder();
        behind.subscribe("s", From.now(), late);
        late.awaitStarted();
        assertThat(behind.health().status()).isEqualTo(Status.UP);
        proxy.stall();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> behind.health().problems().stream().anyMatch(problem -> problem.contains("new events")));
        assertThat(behind.health().status()).isEqualTo(Status.DEGRADED);
        proxy.heal();
        send(1);
        await().atMost(SOON).until(() -> late.texts().equals(List.of("e1")));
        await().atMost(SOON).until(() -> behind.health().status() == Status.UP);
    }

    @Test
    void aDroppedCollectionIsToldAsAGap() {
        send(5);
        awaitAll();
        long last = recorder.events().getLast().offset();
        client().getDatabase("test").getCollection("messagebus").drop();
        client().getDatabase("test").getCollection("messagebus_heads").drop();
        long next = sender.send("s", "after");
        assertThat(next).isGreaterThan(last + 1);
        await().atMost(SOON).until(() -> recorder.texts().contains("after"));
        assertThat(recorder.gaps()).hasSize(1);
        assertThat(recorder.gaps().getFirst().expected()).isEqualTo(last + 1);
        assertThat(recorder.gaps().getFirst().next()).isEqualTo(next);
        assertThat(sender.send("s", "more")).isEqualTo(next + 1);
        await().atMost(SOON).until(() -> recorder.texts().contains("more"));
    }
}
