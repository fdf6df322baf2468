package dev.signalbox.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.signalbox.session.bus.BusHealth;
import dev.signalbox.session.bus.BusListener;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.GroupDocument;
import dev.signalbox.session.bus.SessionStore.Place;
import dev.signalbox.session.bus.SessionUnavailableException;
import dev.signalbox.session.bus.Subscriber;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is particular to Redis. */
class RedisSessionsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private RealRedis redis;
    private RedisClient client;

    @BeforeEach
    void start() {
        redis = RealRedis.start("appendfsync no");
        client = RedisClient.create(redis.url());
    }

    @AfterEach
    void stop() {
        client.shutdown();
        redis.close();
    }

    private SessionStore open(Retention retention, Instant now) {
        return RedisSessions.open(client, "n", retention, InstantSource.fixed(now));
    }

    private static Append batch(Instant at, String session, int events) {
        return new Append(
                UUID.randomUUID(),
                at,
                IntStream.range(0, events)
                        .mapToObj(i -> new Entry(session, "", new byte[] {1}))
                        .toList());
    }

    @Test
    void tenThousandSessionsNeedTwoConnections() throws Exception {
        AtomicInteger started = new AtomicInteger();
        AtomicInteger seen = new AtomicInteger();
        var subscriber = new Subscriber<String>() {
            @Override
            public void onStarted(EventId position) {
                started.incrementAndGet();
            }

            @Override
            public void onEvent(Event<String> event) {
                seen.incrementAndGet();
            }
        };
        try (SessionBus<String> bus = SessionBus.builder(open(Retention.FOREVER, NOW), Codec.text())
                        .build();
                var watching = client.connect()) {
            IntStream.range(0, 10_000).forEach(i -> bus.subscribe("s" + i, From.now(), subscriber));
            await().atMost(Duration.ofSeconds(60)).until(() -> started.get() == 10_000);
            var sent = IntStream.range(0, 10_000)
                    .mapToObj(i -> bus.sendAsync("s" + i, "hello"))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(sent).join();
            await().atMost(Duration.ofSeconds(60)).until(() -> seen.get() == 10_000);
            assertThat(watching.sync().clientList().lines().count())
                    .as("with the one that counts")
                    .isEqualTo(3);
        }
    }

    @Test
    void anOlderServerIsRefusedInWords() {
        assertThatExceptionOfType(SessionBusException.class)
                .isThrownBy(() -> RedisStore.requireVersion("# Server\r\nredis_version:6.2.14\r\n"))
                .withMessage("the session bus needs Redis 7.0 or newer; this is redis_version:6.2.14");
        assertThatExceptionOfType(SessionBusException.class).isThrownBy(() -> RedisStore.requireVersion(""));
        RedisStore.requireVersion("redis_version:10.0.0");
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        redis.kill();
        assertThatExceptionOfType(SessionUnavailableException.class).isThrownBy(() -> open(Retention.FOREVER, NOW));
    }

    /** The client alone would wait a minute to connect, with everybody who appends behind it. */
    @Test
    void aServerThatTakesAConnectionAndSaysNothingIsNoticedInTime() {
        Duration timeout = Duration.ofMillis(500);
        try (FaultProxy proxy = FaultProxy.before(redis.port())) {
            RedisClient deaf = RedisClient.create(RealRedis.url(proxy.port()));
            try (SessionStore store =
                    RedisSessions.open(deaf, "n", Retention.FOREVER, InstantSource.fixed(NOW), timeout)) {
                proxy.swallowAnswers();
                assertThatExceptionOfType(SessionUnavailableException.class)
                        .isThrownBy(() -> store.append(batch(NOW, "s", 1)));
                CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(
                        () -> catchThrowable(() -> store.append(batch(NOW, "s", 1))), Thread::startVirtualThread);
                assertThat(failure)
                        .succeedsWithin(Duration.ofSeconds(20))
                        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                        .isInstanceOf(SessionUnavailableException.class)
                        .hasMessageContaining("no connection within PT5S");
            } finally {
                deaf.shutdown();
            }
        }
    }

    @Test
    void aNamespaceMustNotHoldABrace() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> RedisSessions.open(client, "a{b", Retention.FOREVER))
                .withMessageContaining("namespace");
    }

    @Test
    void batchesAreForgottenInTheEnd() {
        open(Retention.FOREVER, NOW).append(batch(NOW, "s", 1));
        try (var watching = client.connect()) {
            List<String> kept = watching.sync().keys("{n}:batch:*");
            assertThat(kept).hasSize(1);
            assertThat(watching.sync().ttl(kept.getFirst())).isBetween(9 * 60L, 10 * 60L);
        }
    }

    /** More than the arguments that a script can hand to a command at once. */
    @Test
    void aBatchMayHaveThousandsOfSessions() {
        SessionStore store = open(Retention.FOREVER, NOW);
        List<String> sessions = IntStream.range(0, 9_001).mapToObj(i -> "s" + i).toList();
        List<Entry> entries = sessions.stream()
                .map(session -> new Entry(session, "", new byte[] {1}))
                .toList();
        for (int round = 0; round < 2; round++) {
            Append append = new Append(UUID.randomUUID(), NOW, entries);
            List<Place> places = store.append(append);
            Map<String, EventId> heads = store.heads(sessions);
            for (int i = 0; i < places.size(); i++) {
                assertThat(places.get(i).offset()).isEqualTo(append.firstOffset() + round);
                assertThat(heads.get(sessions.get(i)))
                        .isEqualTo(new EventId(append.firstOffset() + round, append.id()));
            }
        }
    }

    @Test
    void aLowerNumberToKeepHoldsForSessionsThatAreQuiet() {
        open(Retention.FOREVER, NOW).append(batch(NOW, "s", 10));
        SessionStore store = open(Retention.ofEvents(4), NOW);
        assertThat(store.trim(NOW)).isEqualTo(6);
        assertThat(store.trim(NOW)).isZero();
    }

    @Test
    void aSessionThatIsOverLeavesNothingBehind() {
        SessionStore store = open(Retention.ofAge(Duration.ofMinutes(1)), NOW);
        store.append(batch(NOW, "s", 2_500));
        var group = new SessionStore.GroupKey("s", "g");
        assertThat(store.replaceGroup(group, GroupDocument.ABSENT, new GroupDocument(1, new byte[] {1})))
                .isTrue();
        long removed = 0;
        for (long step = store.trim(NOW.plusSeconds(61)); step > 0; step = store.trim(NOW.plusSeconds(61))) {
            assertThat(step).as("in one step").isLessThanOrEqualTo(1_000);
            removed += step;
        }
        assertThat(removed).isEqualTo(2_500);
        try (var watching = client.connect()) {
            assertThat(watching.sync().keys("{n}:*")).allMatch(key -> key.startsWith("{n}:batch:"));
        }
    }

    @Test
    void aClientThatIsShutDownFirstIsToldAsDegraded() throws Exception {
        AtomicInteger ups = new AtomicInteger();
        AtomicInteger downs = new AtomicInteger();
        try (SessionBus<String> bus = SessionBus.builder(open(Retention.FOREVER, NOW), Codec.text())
                .listener(new BusListener() {
                    @Override
                    public void tail(boolean up) {
                        (up ? ups : downs).incrementAndGet();
                    }
                })
                .build()) {
            bus.subscribe("s", From.now(), event -> {});
            await().until(() -> ups.get() == 1);
            assertThat(bus.health().status()).isEqualTo(BusHealth.Status.UP);
            client.shutdown();
            await().until(() -> downs.get() == 1);
            assertThat(bus.health().status()).isNotEqualTo(BusHealth.Status.UP);
        }
    }
}
