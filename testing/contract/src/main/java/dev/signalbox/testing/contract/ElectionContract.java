package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.ElectionListener;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseLock;
import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.Leases;
import dev.signalbox.ha.lease.LossReason;
import dev.signalbox.ha.lease.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Elections and locks of two nodes over each {@link LeaseStore}, with real threads and real time. */
public abstract class ElectionContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<AutoCloseable> open = new ArrayList<>();

    /** Opens the store as one more node would; empty the first time in a test. */
    protected abstract LeaseStore connect() throws Exception;

    /** Long enough that a busy machine does not lose it, and short enough to wait for. */
    protected LeaseOptions options() {
        return LeaseOptions.DEFAULT
                .withTtl(Duration.ofSeconds(8))
                .withPoll(Duration.ofMillis(50))
                .withStandAside(Duration.ofSeconds(1));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable part : open.reversed()) {
            part.close();
        }
    }

    protected final <C extends AutoCloseable> C closing(C part) {
        open.add(part);
        return part;
    }

    protected final LeaseStore store() throws Exception {
        return closing(connect());
    }

    /** What one node was told. */
    protected static final class Told implements ElectionListener {
        final List<Lease> terms = new CopyOnWriteArrayList<>();
        final List<LossReason> ends = new CopyOnWriteArrayList<>();
        final AtomicInteger resigned = new AtomicInteger();

        @Override
        public void elected(Lease lease) {
            terms.add(lease);
        }

        @Override
        public void resigning(Lease lease) {
            assertThat(lease.isHeld()).isTrue();
            resigned.incrementAndGet();
        }

        @Override
        public void lost(Lease lease, LossReason reason) {
            ends.add(reason);
        }
    }

    protected final Election stand(LeaseStore store, String node, ElectionListener listener) {
        return closing(Leases.in(store, node).elect("leader", options(), listener));
    }

    protected static void awaitLeader(Election election) {
        Awaitility.await(election.owner() + " to lead")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> election.role() == Role.LEADER);
    }

    @Test
    void oneLeadsAndTheOtherKnowsWho() throws Exception {
        Told told = new Told();
        Election first = stand(store(), "one", told);
        awaitLeader(first);
        Election second = stand(store(), "two", new Told());

        Awaitility.await("the other to see it")
                .atMost(PATIENCE)
                .until(() -> second.leader().equals(Optional.of(first.owner())));
        assertThat(second.role()).isEqualTo(Role.STANDBY);
        assertThat(first.owner()).startsWith("one/");
        Awaitility.await().atMost(PATIENCE).until(() -> told.terms.size() == 1);
    }

    @Test
    void whenTheLeaderClosesTheOtherLeadsWithAGreaterEpoch() throws Exception {
        Told told = new Told();
        Election first = stand(store(), "one", told);
        awaitLeader(first);
        long epoch = first.lease().orElseThrow().epoch();
        Election second = stand(store(), "two", new Told());

        first.close();

        awaitLeader(second);
        assertThat(second.lease().orElseThrow().epoch()).isGreaterThan(epoch);
        assertThat(told.ends).containsExactly(LossReason.CLOSED);
        assertThat(told.terms).hasSize(1).noneMatch(Lease::isHeld);
    }

    @Test
    void aHandOverLetsTheListenerFinishAndTheOtherLead() throws Exception {
        Told told = new Told();
        Election first = stand(store(), "one", told);
        awaitLeader(first);
        Election second = stand(store(), "two", new Told());

        assertThat(first.handOver(Duration.ofSeconds(30))).isTrue();

        awaitLeader(second);
        assertThat(first.role()).isEqualTo(Role.STANDBY);
        assertThat(told.resigned).hasValue(1);
        Awaitility.await().atMost(PATIENCE).until(() -> told.ends.equals(List.of(LossReason.HANDED_OVER)));
        // Until it has seen the other lead, it stands aside.
        Awaitility.await().atMost(PATIENCE).until(() -> first.leader().equals(Optional.of(second.owner())));
        assertThat(second.handOver(Duration.ofSeconds(30))).isTrue();
        awaitLeader(first);
    }

    @Test
    void oneThatStandsDownLeadsNoMoreUntilItStandsAgain() throws Exception {
        Election first = stand(store(), "one", new Told());
        awaitLeader(first);
        Election second = stand(store(), "two", new Told());

        assertThat(first.standDown(Duration.ofSeconds(30))).isTrue();

        awaitLeader(second);
        assertThat(first.standDown(Duration.ofSeconds(30))).as("once more").isFalse();
        second.close();
        Awaitility.await("some polls")
                .during(options().poll().multipliedBy(4))
                .atMost(PATIENCE)
                .until(() -> first.role() == Role.STANDBY);
        first.standAgain();
        awaitLeader(first);
    }

    @Test
    void oneThatDoesNotLeadHasNothingToHandOver() throws Exception {
        Election first = stand(store(), "one", new Told());
        awaitLeader(first);
        Election second = stand(store(), "two", new Told());

        assertThat(second.handOver(Duration.ofSeconds(1))).isFalse();
        assertThat(first.role()).isEqualTo(Role.LEADER);
    }

    @Test
    void aLeaderThatTheStoreRevokesStops() throws Exception {
        LeaseStore store = store();
        Told told = new Told();
        Election election = stand(store, "one", told);
        awaitLeader(election);
        Lease lease = election.lease().orElseThrow();

        assertThat(store.release(lease.name(), lease.owner(), lease.epoch())).isTrue();

        Awaitility.await("the leader to be told")
                .atMost(PATIENCE)
                .until(() -> told.ends.equals(List.of(LossReason.REVOKED)));
        assertThat(lease.isHeld()).isFalse();
        awaitLeader(election);
        assertThat(election.lease().orElseThrow().epoch()).isGreaterThan(lease.epoch());
    }

    @Test
    void aLockIsHeldUntilItIsClosed() throws Exception {
        Leases one = Leases.in(store(), "one");
        Leases two = Leases.in(store(), "two");
        LeaseLock lock = closing(one.tryLock("job", options(), Duration.ZERO).orElseThrow());

        assertThat(two.tryLock("job", options(), Duration.ZERO)).isEmpty();
        assertThat(two.tryLock("job", options(), Duration.ofMillis(200))).isEmpty();
        lock.close();

        LeaseLock next = closing(two.tryLock("job", options(), PATIENCE).orElseThrow());
        assertThat(next.lease().epoch()).isGreaterThan(lock.lease().epoch());
        assertThat(lock.lease().isHeld()).isFalse();
        assertThat(next.lease().isHeld()).isTrue();
    }

    @Test
    void twoNodesOfOneNameAreStillTwo() throws Exception {
        Leases one = Leases.in(store(), "same");
        Leases two = Leases.in(store(), "same");
        closing(one.tryLock("job", options(), Duration.ZERO).orElseThrow());

        assertThat(two.tryLock("job", options(), Duration.ZERO)).isEmpty();
    }

    @Test
    void aLockIsWaitedFor() throws Exception {
        LeaseStore store = store();
        LeaseLock lock = closing(
                Leases.in(store, "one").tryLock("job", options(), Duration.ZERO).orElseThrow());
        Thread closer = Thread.ofVirtual().unstarted(lock::close);

        closer.start();
        LeaseLock next = closing(
                Leases.in(store(), "two").tryLock("job", options(), PATIENCE).orElseThrow());

        closer.join();
        assertThat(next.lease().isHeld()).isTrue();
    }

    /** Two nodes take turns at a counter that only the lock protects. */
    @Test
    void underALockNobodyElseWorks() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger worst = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        for (String node : List.of("one", "two")) {
            Leases leases = Leases.in(store(), node);
            workers.add(Thread.ofVirtual().start(() -> work(leases, inside, worst, failures)));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(failures).isEmpty();
        assertThat(worst).hasValue(1);
    }

    private void work(Leases leases, AtomicInteger inside, AtomicInteger worst, List<Throwable> failures) {
        try {
            for (int i = 0; i < 5; i++) {
                try (LeaseLock lock =
                        leases.tryLock("turn", options(), PATIENCE).orElseThrow()) {
                    worst.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    lock.lease().requireHeld();
                    inside.decrementAndGet();
                }
            }
        } catch (InterruptedException | RuntimeException e) {
            failures.add(e);
        }
    }
}
