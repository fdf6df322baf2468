package dev.signalbox.ha.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.ElectionListener;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.LeaseStoreUnavailableException;
import dev.signalbox.ha.lease.Leases;
import dev.signalbox.ha.lease.LossReason;
import dev.signalbox.ha.lease.Role;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Leases when Redis is killed, restarted without its data, or not heard. */
class RedisLeaseFaultTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final LeaseOptions OPTIONS = LeaseOptions.DEFAULT
            .withTtl(Duration.ofSeconds(3))
            .withPoll(Duration.ofMillis(50))
            .withStandAside(Duration.ZERO);

    private static long epoch(Acquisition result) {
        assertThat(result).isInstanceOf(Acquisition.Granted.class);
        return ((Acquisition.Granted) result).epoch();
    }

    @Test
    void epochsGrowAlsoWhereTheServerLostItsData() {
        try (RealRedis redis = RealRedis.start("appendonly no")) {
            RedisClient client = RedisClient.create(redis.url());
            try (LeaseStore store = RedisLeases.open(client, "", TIMEOUT)) {
                long first = epoch(store.acquire("a", "one", Duration.ofMinutes(5)));
                long second = epoch(store.acquire("a", "one", Duration.ofMinutes(5)));
                redis.kill();
                redis.startAgain();
                Awaitility.await("Redis to answer")
                        .atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(LeaseStoreUnavailableException.class)
                        .until(() -> store.find("a").isEmpty());

                assertThat(second).isGreaterThan(first);
                assertThat(store.renew("a", "one", second, Duration.ofMinutes(5)))
                        .isFalse();
                assertThat(epoch(store.acquire("a", "two", Duration.ofMinutes(5))))
                        .isGreaterThan(second);
            } finally {
                client.shutdown();
            }
        }
    }

    /** The client alone would wait a minute, and all that use the store with it. */
    @Test
    void aServerThatTakesAConnectionAndSaysNothingIsNoticedInTime() {
        try (RealRedis redis = RealRedis.start();
                FaultProxy proxy = FaultProxy.before(redis.port())) {
            RedisClient client = RedisClient.create(RealRedis.url(proxy.port()));
            proxy.swallowAnswers();
            try (LeaseStore store = RedisLeases.open(client, "", TIMEOUT)) {
                CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(
                        () -> catchThrowable(() -> store.find("a")), Thread::startVirtualThread);
                assertThat(failure)
                        .succeedsWithin(Duration.ofSeconds(20))
                        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                        .isInstanceOf(LeaseStoreUnavailableException.class)
                        .hasMessageContaining("no connection within PT5S");
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void aLeaseSurvivesARestartOfADurableServer() {
        try (RealRedis redis = RealRedis.start()) {
            RedisClient client = RedisClient.create(redis.url());
            try (LeaseStore store = RedisLeases.open(client, "", TIMEOUT)) {
                long epoch = epoch(store.acquire("a", "one", Duration.ofMinutes(5)));
                redis.kill();
                assertThatThrownBy(() -> store.renew("a", "one", epoch, Duration.ofMinutes(5)))
                        .isInstanceOf(LeaseStoreUnavailableException.class);
                redis.startAgain();

                Awaitility.await("a renewal")
                        .atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(LeaseStoreUnavailableException.class)
                        .until(() -> store.renew("a", "one", epoch, Duration.ofMinutes(5)));
            } finally {
                client.shutdown();
            }
        }
    }

    /** As a former primary that Sentinel has made a replica: it takes no writes, and another connection may find the new one. */
    @Test
    void aServerThatTakesNoWritesIsAway() {
        try (RealRedis redis = RealRedis.start()) {
            RedisClient client = RedisClient.create(redis.url());
            try (LeaseStore store = RedisLeases.open(client, "", TIMEOUT);
                    StatefulRedisConnection<String, String> operator = client.connect()) {
                operator.sync().replicaof("127.0.0.1", 1);
                assertThatThrownBy(() -> store.acquire("a", "one", Duration.ofMinutes(5)))
                        .isInstanceOf(LeaseStoreUnavailableException.class)
                        .hasMessageContaining("READONLY");

                operator.sync().replicaofNoOne();

                assertThat(store.acquire("a", "one", Duration.ofMinutes(5))).isInstanceOf(Acquisition.Granted.class);
            } finally {
                client.shutdown();
            }
        }
    }

    /** The requests arrive and are executed, but no answer comes back: the lease is taken, and nobody acts on it. */
    @Test
    void aLeaderThatHearsNoAnswersStopsAndLeadsAgainAfterwards() {
        RealRedis redis = RealRedis.shared();
        try (FaultProxy proxy = FaultProxy.before(redis.port())) {
            RedisClient client = RedisClient.create(RealRedis.url(proxy.port()));
            List<LossReason> ends = new CopyOnWriteArrayList<>();
            try (LeaseStore store = RedisLeases.open(client, "deaf:", TIMEOUT);
                    Election election = Leases.in(store, "one").elect("leader", OPTIONS, new Ends(ends))) {
                Awaitility.await().atMost(PATIENCE).until(() -> election.role() == Role.LEADER);
                Lease lease = election.lease().orElseThrow();
                proxy.swallowAnswers();

                Awaitility.await("the end of the term").atMost(PATIENCE).until(() -> !ends.isEmpty());
                assertThat(lease.isHeld()).isFalse();
                assertThat(ends.getFirst()).isEqualTo(LossReason.EXPIRED);

                proxy.cutOnce();
                Awaitility.await("the next term").atMost(PATIENCE).until(() -> election.role() == Role.LEADER);
                assertThat(election.lease().orElseThrow().epoch()).isGreaterThan(lease.epoch());
            } finally {
                client.shutdown();
            }
        }
    }

    /**
     * Reported: redis/lettuce#1428. Nothing ever ends the subscription that has gone deaf; the scripts' connection is given up after its
     * timeout.
     */
    @Test
    void oneWhoseHintsAreNeverHeardFindsThatTheLeaseIsFree() {
        RealRedis redis = RealRedis.shared();
        try (FaultProxy proxy = FaultProxy.before(redis.port())) {
            RedisClient direct = RedisClient.create(redis.url());
            RedisClient deaf = RedisClient.create(RealRedis.url(proxy.port()));
            try (LeaseStore near = RedisLeases.open(direct, "hint:", TIMEOUT);
                    LeaseStore far = RedisLeases.open(deaf, "hint:", TIMEOUT)) {
                long epoch = epoch(near.acquire("leader", "one", Duration.ofMinutes(5)));
                try (Election waiting = Leases.in(far, "two").elect("leader", OPTIONS, new Ends(new ArrayList<>()))) {
                    Awaitility.await("it to see who leads")
                            .atMost(PATIENCE)
                            .until(() -> waiting.leader().isPresent());
                    proxy.silence();

                    assertThat(near.release("leader", "one", epoch)).isTrue();

                    Awaitility.await().atMost(PATIENCE).until(() -> waiting.role() == Role.LEADER);
                }
            } finally {
                direct.shutdown();
                deaf.shutdown();
            }
        }
    }

    private record Ends(List<LossReason> ends) implements ElectionListener {
        @Override
        public void elected(Lease lease) {}

        @Override
        public void lost(Lease lease, LossReason reason) {
            ends.add(reason);
        }
    }
}
