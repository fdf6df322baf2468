package dev.signalbox.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.BusHealth.Status;
import dev.signalbox.session.bus.BusOptions;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Gap;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.testing.contract.Recorder;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Redis that is cut off, silent, killed or emptied under senders and subscribers. */
class RedisFaultTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final int FAULTS = Effort.of(300, 20_000);
    private static final BusOptions OPTIONS =
            BusOptions.DEFAULT.withSweep(Duration.ofMillis(100)).withPatience(Duration.ofSeconds(40));

    private final RealRedis redis = RealRedis.start();
    private final List<AutoCloseable> open = new ArrayList<>(List.of(redis));

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

    private RedisClient client(int port) {
        RedisClient client = RedisClient.create(RealRedis.url(port));
        closing(client::shutdown);
        return client;
    }

    private SessionBus<String> bus(int port) {
        return bus(port, OPTIONS);
    }

    private SessionBus<String> bus(int port, BusOptions options) {
        var store = RedisSessions.open(client(port), "faults", Retention.FOREVER, InstantSource.system(), TIMEOUT);
        return closing(SessionBus.builder(store, Codec.text()).options(options).build());
    }

    @Test
    void faultsLoseDoubleAndReorderNothing() throws Exception {
        FaultProxy one = closing(FaultProxy.before(redis.port()));
        FaultProxy other = closing(FaultProxy.before(redis.port()));
        Traffic traffic = new Traffic(List.of(bus(one.port()), bus(other.port())), 4);
        traffic.start();
        Random random = new Random(4711);
        for (int fault = 0; fault < FAULTS; fault++) {
            int before = traffic.count();
            breakOnce(random.nextBoolean() ? one : other, random);
            if (fault % 10 == 9) {
                await().atMost(SOON).pollInterval(Duration.ofMillis(2)).until(() -> traffic.count() > before + 20);
            }
        }
        one.heal();
        other.heal();
        traffic.stop();
        traffic.assertNothingLostDoubledOrReordered();
        System.out.println(
                FAULTS + " faults on Redis, " + traffic.count() + " events: none lost, doubled or reordered");
    }

    private static void breakOnce(FaultProxy proxy, Random random) {
        switch (random.nextInt(20)) {
            case 0 -> {
                proxy.swallowAnswers();
                rest(random.nextInt(40));
                proxy.cutOnce();
            }
            case 1 -> {
                proxy.stall();
                rest(random.nextInt(60));
                proxy.heal();
            }
            case 2, 3, 4, 5, 6, 7 -> proxy.cutOnce();
            default -> {
                proxy.cutAfterAnswering(random.nextInt(600));
                rest(15);
                proxy.heal();
            }
        }
        rest(random.nextInt(20));
    }

    /** Lets traffic flow for a moment, of no particular length. */
    private static void rest(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    @Test
    void killedTimeAndAgainItLosesNothingItHadAcknowledged() throws Exception {
        Traffic traffic = new Traffic(List.of(bus(redis.port()), bus(redis.port())), 4);
        traffic.start();
        for (int round = 0; round < 8; round++) {
            int before = traffic.count();
            await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> traffic.count() > before + 100);
            redis.kill();
            redis.startAgain();
        }
        traffic.stop();
        traffic.assertNothingLostDoubledOrReordered();
        System.out.println("8 kills of Redis, " + traffic.count() + " events: none lost, doubled or reordered");
    }

    /** The store has grown past what the subscriber had seen before anyone looks, so only the events' identity tells. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServerThatCameBackWithAnOlderStateIsToldAsARewindAndNothingStoredIsMissed(boolean sentByTheSameProcess)
            throws Exception {
        RealRedis forgetful = closing(RealRedis.start("appendonly no", "save \"\""));
        SessionBus<String> bus = bus(forgetful.port());
        SessionBus<String> sender = sentByTheSameProcess ? bus : bus(forgetful.port());
        Recorder recorder = new Recorder();
        bus.subscribe("s", From.beginning(), recorder);
        recorder.awaitStarted();
        for (int i = 0; i < 3; i++) {
            sender.send("s", "kept" + i);
        }
        try (var connection = client(forgetful.port()).connect()) {
            connection.sync().save();
        }
        for (int i = 0; i < 5; i++) {
            sender.send("s", "lost" + i);
        }
        await().atMost(SOON).until(() -> recorder.events().size() == 8);
        forgetful.kill();
        forgetful.startAgain();
        List<CompletableFuture<Long>> sent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            sent.add(sender.sendAsync("s", "anew" + i));
        }
        sent.forEach(CompletableFuture::join);
        List<EventId> stored = sender.read("s", From.beginning(), 100).events().stream()
                .map(Event::id)
                .toList();
        assertThat(stored).hasSize(43);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                recorder.events().stream().map(Event::id).toList())
                        .containsAll(stored));
        assertThat(recorder.gaps()).singleElement().matches(Gap::isRewound);
    }

    @Test
    void anAppendWhoseAnswerWasLostIsNotRepeated() throws Exception {
        FaultProxy proxy = closing(FaultProxy.before(redis.port()));
        SessionBus<String> bus = bus(proxy.port());
        SessionBus<String> watching = bus(redis.port());
        bus.send("s", "first");
        for (int round = 0; round < 5; round++) {
            int n = round;
            proxy.swallowAnswers();
            var sending = bus.sendAsync("s", "lost" + n);
            await().atMost(SOON)
                    .until(() ->
                            watching.read("s", From.beginning(), 100).events().size() == n + 2);
            proxy.cutOnce();
            assertThat(sending.get())
                    .isEqualTo(watching.read("s", From.beginning(), 100).last());
        }
        assertThat(watching.read("s", From.beginning(), 100).events()).hasSize(6);
    }

    /** The other end is gone, and nothing says so: no byte comes any more, and none is refused. */
    @Test
    void aHalfOpenConnectionIsNoticedWithinTheConfiguredTimeAndReplaced() throws Exception {
        FaultProxy proxy = closing(FaultProxy.before(redis.port()));
        BusOptions quick = OPTIONS.withLiveness(Duration.ofSeconds(1)).withSweep(Duration.ofHours(1));
        SessionBus<String> bus = bus(proxy.port(), quick);
        Recorder recorder = new Recorder();
        bus.subscribe("s", From.now(), recorder);
        recorder.awaitStarted();
        assertThat(bus.health().status()).isEqualTo(Status.UP);
        proxy.stall();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> bus.health().problems().stream().anyMatch(problem -> problem.contains("new events")));
        assertThat(bus.health().status()).isEqualTo(Status.DEGRADED);
        proxy.heal();
        bus(redis.port()).send("s", "e");
        await().atMost(SOON).until(() -> recorder.texts().equals(List.of("e")));
        await().atMost(SOON).until(() -> bus.health().status() == Status.UP);
    }

    @Test
    void anEmptiedServerIsToldAsAGap() throws Exception {
        SessionBus<String> bus = bus(redis.port());
        Recorder recorder = new Recorder();
        bus.subscribe("s", From.now(), recorder);
        recorder.awaitStarted();
        long last = bus.send("s", "before");
        await().atMost(SOON).until(() -> recorder.events().size() == 1);
        try (var connection = client(redis.port()).connect()) {
            connection.sync().flushall();
        }
        long next = bus.send("s", "after");
        await().atMost(SOON).until(() -> recorder.events().size() == 2);
        assertThat(next).isGreaterThan(last + 1);
        assertThat(recorder.gaps()).hasSize(1);
        assertThat(recorder.gaps().getFirst().expected()).isEqualTo(last + 1);
        assertThat(recorder.gaps().getFirst().next()).isEqualTo(next);
    }

    @Test
    void eventsRemovedUnderASubscriberAreToldAsAGap() throws Exception {
        SessionBus<String> bus = bus(redis.port());
        Recorder recorder = new Recorder();
        long first = bus.send("s", "1");
        for (int i = 2; i <= 5; i++) {
            bus.send("s", "" + i);
        }
        try (var connection = client(redis.port()).connect()) {
            connection.sync().xdel("{faults}:stream:s", "0-" + (first + 2));
        }
        bus.subscribe("s", From.beginning(), recorder);
        await().atMost(SOON).until(() -> recorder.texts().equals(List.of("1", "2", "4", "5")));
        assertThat(recorder.gaps()).hasSize(1);
        assertThat(recorder.gaps().getFirst().expected()).isEqualTo(first + 2);
        assertThat(recorder.gaps().getFirst().next()).isEqualTo(first + 3);
    }

    @Test
    void whereTheHeadsAreLostTheStreamsKnow() throws Exception {
        SessionBus<String> bus = bus(redis.port());
        long first = bus.send("s", "a");
        try (var connection = client(redis.port()).connect()) {
            connection.sync().del("{faults}:heads");
        }
        assertThat(bus.send("s", "b")).isEqualTo(first + 1);
    }
}
