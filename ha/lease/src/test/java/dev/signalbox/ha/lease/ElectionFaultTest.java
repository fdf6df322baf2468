package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testing.services.CarrierThreads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Elections and locks on threads, when the store hangs or fails, or a listener does. */
class ElectionFaultTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final LeaseOptions OPTIONS =
            new LeaseOptions(Duration.ofSeconds(3), Duration.ofMillis(20), Duration.ZERO);

    private final BreakableStore store = new BreakableStore();
    private final Told told = new Told();
    private final Election election = Leases.in(store, "one").elect("leader", OPTIONS, told);

    @AfterEach
    void end() {
        store.heal();
        told.release.countDown();
        election.close();
    }

    private Lease awaitTerm(int number) {
        Awaitility.await("term " + number).atMost(PATIENCE).until(() -> told.terms.size() >= number);
        return told.terms.get(number - 1);
    }

    private void awaitEnd(LossReason reason) {
        Awaitility.await("the end by " + reason).atMost(PATIENCE).until(() -> told.ends.contains(reason));
    }

    @Test
    void aStoreThatHangsEndsTheTermByTheDeadline() {
        Lease lease = awaitTerm(1);
        store.hang();

        awaitEnd(LossReason.EXPIRED);

        assertThat(lease.isHeld()).isFalse();
        assertThat(election.role()).isEqualTo(Role.STANDBY);
        store.heal();
        assertThat(awaitTerm(2).epoch()).isGreaterThan(lease.epoch());
        assertThat(told.ends).hasSize(1);
    }

    @Test
    void aStoreThatIsAwayEndsTheTermAndNobodyAssumesToLead() {
        awaitTerm(1);
        store.fail(new LeaseStoreUnavailableException("away", null));

        awaitEnd(LossReason.EXPIRED);

        assertThat(election.role()).isEqualTo(Role.STANDBY);
        assertThat(election.problem()).contains("away");
        assertThat(told.terms).hasSize(1);
        store.heal();
        awaitTerm(2);
        Awaitility.await().atMost(PATIENCE).until(() -> election.problem().isEmpty());
    }

    @Test
    void aStoreWithABugDoesNotEndTheElection() {
        awaitTerm(1);
        store.fail(new IllegalStateException("a bug"));
        awaitEnd(LossReason.EXPIRED);
        store.fail(new StackOverflowError("an error"));
        int before = store.calls();
        Awaitility.await("the store to be asked again").atMost(PATIENCE).until(() -> store.calls() > before + 1);
        store.heal();

        awaitTerm(2);
    }

    @Test
    void aListenerThatThrowsDoesNotEndTheElection() {
        told.failing = true;
        Lease lease = awaitTerm(1);

        assertThat(store.memory.release("leader", lease.owner(), lease.epoch())).isTrue();

        awaitEnd(LossReason.REVOKED);
        awaitTerm(2);
    }

    /** It would renew in twenty minutes; the store's hint makes it ask now. */
    @Test
    void aLeaderThatIsToldOfAChangeAsksAtOnce() {
        LeaseStore hinting = LeaseStore.inMemory();
        Told heard = new Told();
        try (Election leader = Leases.in(hinting, "one").elect("leader", OPTIONS.withTtl(Duration.ofHours(1)), heard)) {
            Awaitility.await("the term").atMost(PATIENCE).until(() -> leader.role() == Role.LEADER);
            Lease lease = leader.lease().orElseThrow();

            assertThat(hinting.release("leader", lease.owner(), lease.epoch())).isTrue();

            Awaitility.await("the end").atMost(PATIENCE).until(() -> heard.ends.contains(LossReason.REVOKED));
        }
    }

    /** The term ends at the deadline although nobody returns, and the next one waits for the listener. */
    @Test
    void aListenerThatHangsHoldsUpNeitherTheEndNorMixesTerms() {
        Lease lease = awaitTerm(1);
        told.hanging = true;
        store.memory.release("leader", lease.owner(), lease.epoch());

        awaitEnd(LossReason.REVOKED);
        assertThat(lease.isHeld()).isFalse();
        int before = store.calls();
        Awaitility.await("more steps")
                .during(Duration.ofMillis(200))
                .atMost(PATIENCE)
                .until(() -> true);
        assertThat(told.terms).hasSize(1);
        assertThat(store.calls()).as("no attempt while the listener hangs").isLessThanOrEqualTo(before + 1);

        told.release.countDown();
        awaitTerm(2);
    }

    @Test
    void theLeaderIsToldToListeners() {
        awaitTerm(1);

        Awaitility.await().atMost(PATIENCE).until(() -> told.leaders.contains(Optional.of(election.owner())));
        assertThat(election.leader()).contains(election.owner());
    }

    /** Its next renewal would be in twenty minutes, and it would stand aside for an hour if it missed the other's term. */
    @Test
    void oneThatHandedOverSoonSeesWhoLeadsAndIsHandedTheLeaseBack() throws Exception {
        LeaseStore silent = new BreakableStore();
        LeaseOptions patient = OPTIONS.withTtl(Duration.ofHours(1)).withStandAside(Duration.ofHours(1));
        try (Election first = Leases.in(silent, "one").elect("leader", patient, new Told())) {
            Awaitility.await("the term").atMost(PATIENCE).until(() -> first.role() == Role.LEADER);
            try (Election second = Leases.in(silent, "two").elect("leader", patient, new Told())) {
                assertThat(first.handOver(PATIENCE)).isTrue();
                Awaitility.await("the other").atMost(PATIENCE).until(() -> second.role() == Role.LEADER);
                Awaitility.await("the first to see it")
                        .atMost(PATIENCE)
                        .until(() -> first.leader().equals(Optional.of(second.owner())));

                assertThat(second.handOver(PATIENCE)).isTrue();

                Awaitility.await("the first again").atMost(PATIENCE).until(() -> first.role() == Role.LEADER);
            }
        }
    }

    @Test
    void aHandOverWaitsForItsListenerNoLongerThanItMay() throws Exception {
        awaitTerm(1);
        told.hanging = true;

        assertThat(election.handOver(Duration.ofMillis(50))).isTrue();

        assertThat(told.terms.getFirst().isHeld()).isFalse();
    }

    /** What is under way may finish: until the listener has returned, the lease is held and nobody else leads. */
    @Test
    void aHandOverWaitsForItsListener() throws Exception {
        Lease lease = awaitTerm(1);
        told.hanging = true;
        CompletableFuture<Boolean> handedOver =
                CompletableFuture.supplyAsync(() -> handOver(PATIENCE), Thread::startVirtualThread);
        Awaitility.await("the listener to be asked").atMost(PATIENCE).until(() -> told.resigning.getCount() == 0);

        assertThat(lease.isHeld()).isTrue();
        assertThat(handedOver).isNotDone();
        told.hanging = false;
        told.release.countDown();

        assertThat(handedOver.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(lease.isHeld()).isFalse();
    }

    /** It has nothing under way any more. */
    @Test
    void aHandOverDoesNotWaitForAListenerThatFailed() throws Exception {
        awaitTerm(1);
        told.failing = true;

        CompletableFuture<Boolean> handedOver =
                CompletableFuture.supplyAsync(() -> handOver(Duration.ofHours(1)), Thread::startVirtualThread);

        assertThat(handedOver.get(30, TimeUnit.SECONDS)).isTrue();
    }

    private boolean handOver(Duration drain) {
        try {
            return election.handOver(drain);
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void aLockWhoseStoreHangsEndsByTheDeadline() throws Exception {
        LeaseLock lock =
                Leases.in(store, "one").tryLock("job", OPTIONS, Duration.ZERO).orElseThrow();
        store.hang();

        assertThat(lock.ended().toCompletableFuture().get(30, TimeUnit.SECONDS)).isEqualTo(LossReason.EXPIRED);

        assertThat(lock.lease().isHeld()).isFalse();
        store.heal();
        lock.close();
    }

    /** Otherwise nobody could take it before it runs out. */
    @Test
    void aLockWhoseGrantWasNeverSeenIsGivenBack() {
        store.loseAnswers(1);

        assertThatThrownBy(() ->
                        Leases.in(store, "one").tryLock("job", OPTIONS.withTtl(Duration.ofHours(1)), Duration.ZERO))
                .isInstanceOf(LeaseStoreUnavailableException.class);

        assertThat(store.memory.find("job")).isEmpty();
    }

    @Test
    void aLockIsTriedAgainAfterAFailureWhileThereIsTime() throws Exception {
        store.loseAnswers(2);

        try (LeaseLock lock =
                Leases.in(store, "one").tryLock("job", OPTIONS, PATIENCE).orElseThrow()) {
            assertThat(lock.lease().isHeld()).isTrue();
        }
        assertThat(store.memory.find("job")).isEmpty();
    }

    @Test
    void aLockThatTheStoreRevokesEndsAtItsNextRenewal() throws Exception {
        LeaseLock lock = Leases.in(store, "one")
                .tryLock("job", OPTIONS.withTtl(Duration.ofSeconds(9)), Duration.ZERO)
                .orElseThrow();

        assertThat(store.memory.release(
                        "job", lock.lease().owner(), lock.lease().epoch()))
                .isTrue();

        assertThat(lock.ended().toCompletableFuture().get(60, TimeUnit.SECONDS)).isEqualTo(LossReason.REVOKED);
        assertThat(lock.lease().isHeld()).isFalse();
    }

    /** The renewal never returns, and nobody asks whether the lock is held; its end is told all the same. */
    @Test
    void aLockWhoseStoreHangsIsToldToEndByItsDeadline() throws Exception {
        LeaseLock lock =
                Leases.in(store, "one").tryLock("job", OPTIONS, Duration.ZERO).orElseThrow();

        store.hang();

        assertThat(lock.ended().toCompletableFuture().get(60, TimeUnit.SECONDS)).isEqualTo(LossReason.EXPIRED);
    }

    @Test
    void oneThatIsInterruptedWhileItWaitsLeavesNoLock() throws Exception {
        LeaseOptions steady = OPTIONS.withTtl(Duration.ofMinutes(5));
        LeaseLock held =
                Leases.in(store, "one").tryLock("job", steady, Duration.ZERO).orElseThrow();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        CountDownLatch ended = new CountDownLatch(1);
        int before = store.calls();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                Leases.in(store, "two").tryLock("job", steady, PATIENCE);
            } catch (InterruptedException e) {
                thrown.add(e);
            }
            ended.countDown();
        });
        Awaitility.await().atMost(PATIENCE).until(() -> store.calls() > before + 1);
        waiting.interrupt();

        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(thrown).hasSize(1);
        assertThat(store.memory.find("job").map(LeaseState::owner))
                .as("what another holds is not given back")
                .contains(held.lease().owner());
        held.close();
        assertThat(store.memory.find("job")).isEmpty();
    }

    /**
     * Reported: GreptimeTeam/greptimedb#7670. The store has granted the lease to one that will never know; nothing releases it, so the
     * successor comes when it runs out.
     */
    @Test
    void oneThatIsClosedWhileItsGrantIsOnTheWayIsFollowedWhenTheLeaseRunsOut() {
        BreakableStore other = new BreakableStore();
        LeaseOptions brief = OPTIONS.withTtl(Duration.ofSeconds(1));
        other.hangAnswers();
        try (Election first = Leases.in(other, "one").elect("leader", brief, new Told())) {
            Awaitility.await("the grant")
                    .atMost(PATIENCE)
                    .until(() -> other.memory.find("leader").isPresent());
            assertThat(first.role()).isEqualTo(Role.STANDBY);
        }
        other.heal();

        try (Election second = Leases.in(other, "two").elect("leader", brief, new Told())) {
            Awaitility.await("the successor").atMost(PATIENCE).until(() -> second.role() == Role.LEADER);
            assertThat(second.lease().orElseThrow().epoch()).isGreaterThan(1);
        }
    }

    /** Reported: redisson/redisson#5697. The lock's threads get no processor, so nothing renews it and nobody says so; the clock does. */
    @Test
    void aLockWhoseRenewalGetsNoProcessorIsNotHeldForLongerThanItLasts() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        LeaseLock lock = Leases.in(store, "one")
                .tryLock("job", OPTIONS.withTtl(Duration.ofMillis(500)), Duration.ZERO)
                .orElseThrow();
        for (int i = 0; i < 4 * CarrierThreads.count(); i++) {
            Thread.startVirtualThread(() -> {
                while (!stop.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        try {
            Awaitility.await("the deadline")
                    .atMost(PATIENCE)
                    .until(() -> !lock.lease().isHeld());
            assertThatThrownBy(lock.lease()::requireHeld).isInstanceOf(LeaseLostException.class);
        } finally {
            stop.set(true);
        }
        assertThat(lock.ended().toCompletableFuture().get(60, TimeUnit.SECONDS)).isEqualTo(LossReason.EXPIRED);
    }

    /** What the election told, with faults to order. */
    private static final class Told implements ElectionListener {
        final List<Lease> terms = new CopyOnWriteArrayList<>();
        final List<LossReason> ends = new CopyOnWriteArrayList<>();
        final List<Optional<String>> leaders = new CopyOnWriteArrayList<>();
        final CountDownLatch resigning = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        volatile boolean failing;
        volatile boolean hanging;

        @Override
        public void elected(Lease lease) {
            terms.add(lease);
            misbehave();
        }

        @Override
        public void resigning(Lease lease) {
            resigning.countDown();
            misbehave();
        }

        @Override
        public void lost(Lease lease, LossReason reason) {
            ends.add(reason);
            misbehave();
        }

        @Override
        public void leaderChanged(Optional<String> leader) {
            leaders.add(leader);
        }

        private void misbehave() {
            if (failing) {
                throw new IllegalStateException("a listener with a bug");
            }
            if (hanging) {
                awaitRelease();
            }
        }

        private void awaitRelease() {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
