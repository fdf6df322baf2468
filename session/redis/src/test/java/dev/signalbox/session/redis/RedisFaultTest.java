package dev.signalbox.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.BusOptions;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.From;
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
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Redis that is cut off, silent, killed or emptied under senders and subscribers. */
class RedisFaultTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final int FAULTS = Effort.of(1_000, 20_000);
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
        var store = RedisSessions.open(client(port), "faults", Retention.FOREVER, InstantSource.system(), TIMEOUT);
        return closing(SessionBus.builder(store, Codec.text()).options(OPTIONS).build());
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
