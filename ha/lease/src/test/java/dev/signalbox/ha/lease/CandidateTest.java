package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The steps of an election one by one, on clocks that the test moves. The time to live is 10 s, so a holder acts for 9 s. */
class CandidateTest {
    private static final LeaseOptions OPTIONS = LeaseOptions.DEFAULT.withStandAside(Duration.ofSeconds(30));

    private final TestClocks time = new TestClocks();
    private final BreakableStore store = new BreakableStore(time.clocks().nanos());
    private final Told told = new Told();
    private final Candidate one = candidate("one", told);

    private Candidate candidate(String owner, Candidate.Events events) {
        Keeper keeper = new Keeper(store, "a", owner, OPTIONS, time.clocks());
        return new Candidate(keeper, OPTIONS, time.clocks(), new SplittableRandom(1), events);
    }

    @Test
    void oneStepTakesAFreeLeaseAndTheNextComesAtAThird() {
        assertThat(one.step()).isEqualTo(OPTIONS.ttl().dividedBy(3));
        assertThat(told.heard).containsExactly("leader one", "elected 1");
        assertThat(one.tenure()).isPresent();
    }

    @Test
    void renewalsGoOn() {
        one.step();
        for (int i = 0; i < 20; i++) {
            time.advance(Duration.ofSeconds(8));
            assertThat(one.step()).isEqualTo(OPTIONS.ttl().dividedBy(3));
        }
        assertThat(one.tenure().map(Tenure::epoch)).contains(1L);
        assertThat(told.heard).hasSize(2);
    }

    @Test
    void renewalsThatFailAreRepeatedSoonAndCostNothingBeforeTheDeadline() {
        one.step();
        store.fail(new LeaseStoreUnavailableException("away", null));
        time.advance(Duration.ofSeconds(4));
        assertThat(one.step()).isEqualTo(Duration.ofMillis(500));
        time.advance(Duration.ofMillis(4_900));
        assertThat(one.step()).isEqualTo(Duration.ofMillis(500));
        store.heal();

        one.step();

        time.advance(Duration.ofMillis(8_900));
        assertThat(one.tenure().map(Tenure::epoch)).contains(1L);
        assertThat(told.problems).containsExactly("", "away", "away", "");
    }

    @Test
    void theDeadlineEndsTheTermWithoutAStep() {
        one.step();
        time.advance(Duration.ofMillis(8_999));
        one.expire();
        assertThat(one.isLeading()).isTrue();
        time.advance(Duration.ofMillis(1));

        one.expire();
        one.expire();

        assertThat(one.isLeading()).isFalse();
        assertThat(told.heard).endsWith("leader ", "lost 1 EXPIRED").hasSize(4);
    }

    @Test
    void oneThatWokeAfterItsDeadlineDoesNotRenew() {
        one.step();
        time.advance(Duration.ofMillis(9_500));

        one.step();

        assertThat(store.memory.find("a").map(LeaseState::remaining)).contains(Duration.ofMillis(500));
        assertThat(told.heard).endsWith("lost 1 EXPIRED");
    }

    @Test
    void aWaitingNodeAsksAgainWithinThePollAndWhenTheLeaseEnds() {
        Candidate two = candidate("two", new Told());
        two.step();

        assertThat(one.step()).isBetween(Duration.ofMillis(800), Duration.ofSeconds(1));
        assertThat(one.step())
                .as("waiting nodes do not all ask at the same time")
                .isNotEqualTo(one.step());
        time.advance(Duration.ofMillis(9_900));
        assertThat(one.step()).isBetween(Duration.ofMillis(80), Duration.ofMillis(100));
        assertThat(told.heard).contains("leader two");
    }

    @Test
    void oneWhoseListenerIsBusyDoesNotStand() {
        told.idle = false;
        one.step();
        assertThat(store.calls()).isZero();
        told.idle = true;
        one.step();
        assertThat(one.tenure()).isPresent();
    }

    @Test
    void oneThatHandedOverStandsAsideUntilAnotherLeads() {
        one.step();
        assertThat(one.handOver()).isTrue();
        assertThat(told.heard).endsWith("lost 1 HANDED_OVER");
        one.step();
        assertThat(one.tenure()).isEmpty();

        Candidate two = candidate("two", new Told());
        two.step();
        one.step();
        two.giveUp(LossReason.CLOSED);
        one.step();

        assertThat(one.tenure().map(Tenure::epoch)).contains(3L);
    }

    @Test
    void oneThatHandedOverToNobodyStandsAgainAfterThatTime() {
        one.step();
        one.handOver();
        time.advance(OPTIONS.standAside().minusMillis(1));
        one.step();
        assertThat(one.tenure()).isEmpty();
        time.advance(Duration.ofMillis(1));
        one.step();
        assertThat(one.tenure()).isPresent();
    }

    @Test
    void oneThatStoodDownDoesNotLeadUntilItStandsAgain() {
        one.step();
        one.standDown();
        assertThat(one.handOver()).isTrue();
        time.advance(OPTIONS.standAside());
        one.step();
        assertThat(one.tenure()).isEmpty();
        candidate("two", new Told()).step();
        one.step();
        assertThat(told.heard).endsWith("leader two");
        time.advance(OPTIONS.ttl());

        one.step();
        assertThat(one.tenure()).isEmpty();
        one.standAgain();
        one.step();

        assertThat(one.tenure().map(Tenure::epoch)).contains(3L);
    }

    /** Another thread looked for a term to hand over just before this one began. */
    @Test
    void aTermThatBeginsAsItStandsDownEnds() {
        told.whenElected = one::standDown;

        one.step();

        assertThat(one.isLeading()).isFalse();
        assertThat(told.heard).endsWith("elected 1", "leader ", "lost 1 HANDED_OVER");
        assertThat(store.memory.find("a")).isEmpty();
    }

    @Test
    void nothingIsHandedOverByOneThatDoesNotLead() {
        assertThat(one.giveUp(LossReason.CLOSED)).isFalse();
        assertThat(told.heard).isEmpty();
    }

    /** Hears everything, in order. */
    private static final class Told implements Candidate.Events {
        final List<String> heard = new ArrayList<>();
        final List<String> problems = new ArrayList<>();
        boolean idle = true;
        Runnable whenElected = () -> {};

        @Override
        public void elected(Tenure tenure) {
            heard.add("elected " + tenure.epoch());
            whenElected.run();
        }

        @Override
        public void lost(Tenure tenure, LossReason reason) {
            heard.add("lost " + tenure.epoch() + " " + reason);
        }

        @Override
        public void leader(Optional<String> owner) {
            heard.add("leader " + owner.orElse(""));
        }

        @Override
        public void problem(Optional<RuntimeException> failure) {
            problems.add(failure.map(e -> String.valueOf(e.getMessage())).orElse(""));
        }

        @Override
        public boolean isIdle() {
            return idle;
        }
    }
}
