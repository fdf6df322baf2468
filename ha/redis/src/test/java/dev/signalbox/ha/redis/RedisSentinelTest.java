package dev.signalbox.ha.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.ElectionListener;
import dev.signalbox.ha.lease.Fence;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.Leases;
import dev.signalbox.ha.lease.LossReason;
import dev.signalbox.ha.lease.Role;
import dev.signalbox.testing.services.RealSentinel;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Leases when Sentinel makes another server the primary. At a planned failover the former one answers for some ten seconds more, so
 * for that time two nodes may both hold the lease; what they do is told apart by the fence alone.
 */
@Timeout(300)
class RedisSentinelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final LeaseOptions OPTIONS = LeaseOptions.DEFAULT
            .withTtl(Duration.ofSeconds(2))
            .withPoll(Duration.ofMillis(50))
            .withStandAside(Duration.ZERO);

    private final Resource resource = new Resource();

    /** Reported: redis/redis#6062 and livekit/livekit#1559. */
    @Test
    void throughAPlannedFailoverAndACrashNoStaleEffectIsAcceptedAndAllAreHeardAgain() throws Exception {
        try (RealSentinel redis = RealSentinel.start();
                Worker one = new Worker(redis, "one")) {
            one.awaitLeads();
            resource.awaitWritesOf(one);
            long former = one.newest().epoch();

            redis.failOver();
            try (Worker two = new Worker(redis, "two")) { // It asks Sentinel, and so finds the new primary.
                awaitOneLeads(one, two);

                redis.killPrimary();
                Worker leader = awaitOneLeads(one, two);

                // A holder that the new primary knows, and that finds it soon enough, keeps its epoch.
                assertThat(leader.election.handOver(Duration.ZERO)).isTrue();
                resource.awaitEpochAbove(former);
                assertThat(resource.fence.admits(Worker.NAME, former))
                        .as("what was begun before the failovers")
                        .isFalse();
            }
        }
        assertThat(resource.faults).isEmpty();
    }

    /** By a lease that was renewed or taken since this was called, as both know. */
    private static Worker awaitOneLeads(Worker one, Worker two) {
        long called = System.nanoTime();
        Awaitility.await("both to know the one that leads")
                .atMost(PATIENCE)
                .until(() -> System.nanoTime() - called > OPTIONS.ttl().toNanos()
                        && leaders(one, two).size() == 1
                        && one.election.leader().isPresent()
                        && one.election.leader().equals(two.election.leader()));
        return leaders(one, two).getFirst();
    }

    private static List<Worker> leaders(Worker... workers) {
        return Stream.of(workers)
                .filter(each -> each.election.role() == Role.LEADER)
                .toList();
    }

    /** What only holders may change. It stands for anything that is behind a fence, and notes what a fence must never let through. */
    private static final class Resource {
        private final Fence fence = Fence.inMemory();
        private final Map<Long, String> writers = new HashMap<>();
        private final List<String> faults = new CopyOnWriteArrayList<>();
        private long newest;

        synchronized void write(Lease lease) {
            if (!fence.admits(lease.name(), lease.epoch())) {
                return;
            }
            if (lease.epoch() < newest) {
                faults.add("epoch " + lease.epoch() + " was accepted after " + newest);
            }
            newest = lease.epoch();
            String writer = writers.computeIfAbsent(lease.epoch(), _ -> lease.owner());
            if (!writer.equals(lease.owner())) {
                faults.add("epoch " + lease.epoch() + " was given to " + writer + " and to " + lease.owner());
            }
        }

        synchronized long newest() {
            return newest;
        }

        synchronized boolean hasWritesOf(String owner) {
            return writers.containsValue(owner);
        }

        void awaitWritesOf(Worker worker) {
            Awaitility.await("writes").atMost(PATIENCE).until(() -> hasWritesOf(worker.election.owner()));
        }

        void awaitEpochAbove(long epoch) {
            Awaitility.await("a newer epoch").atMost(PATIENCE).until(() -> newest() > epoch);
        }
    }

    /** A node that writes whenever it believes to lead. */
    private final class Worker implements ElectionListener, AutoCloseable {
        private static final String NAME = "leader";

        private final RedisClient client;
        private final LeaseStore store;
        private final Election election;
        private final Thread writing;
        private volatile boolean closed;

        Worker(RealSentinel redis, String node) {
            client = RedisClient.create(redis.url());
            store = RedisLeases.open(client, "", TIMEOUT);
            election = Leases.in(store, node).elect(NAME, OPTIONS, this);
            writing = Thread.ofPlatform().daemon().start(this::write);
        }

        private void write() {
            while (!closed) {
                election.lease().ifPresent(resource::write);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }

        void awaitLeads() {
            Awaitility.await("a leader").atMost(PATIENCE).until(() -> election.role() == Role.LEADER);
        }

        Lease newest() {
            return election.lease().orElseThrow();
        }

        @Override
        public void elected(Lease lease) {}

        @Override
        public void lost(Lease lease, LossReason reason) {}

        @Override
        public void close() throws InterruptedException {
            closed = true;
            writing.join();
            election.close();
            store.close();
            client.shutdown();
        }
    }
}
