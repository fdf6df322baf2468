package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.LeaseSimulation.Takeover;
import dev.signalbox.testing.services.Effort;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ten thousand random histories in each build, and some thousands with early takeover. */
class LeaseSimulationTest {
    private static final int HISTORIES = 10_000;
    private static final int WITH_EARLY_TAKEOVER = 2_000;

    @Test
    void noHistoryHasTwoHoldersOrAStaleWrite() {
        Totals totals = run(HISTORIES, Takeover.NEVER_EARLY);

        assertThat(totals.takenEarly).isZero();
    }

    @Test
    void aLeaseThatIsTakenFromAKilledHolderHasOneHolderToo() {
        Totals totals = run(WITH_EARLY_TAKEOVER, Takeover.FROM_KILLED);

        if (totals.histories >= WITH_EARLY_TAKEOVER) {
            assertThat(totals.takenEarly).as("taken early").isGreaterThan(WITH_EARLY_TAKEOVER / 10);
        }
    }

    @Test
    void aLeaseThatIsTakenFromALivingHolderLetsNoStaleWriteThroughTheFence() {
        Totals totals = run(WITH_EARLY_TAKEOVER, Takeover.FROM_CUT);

        if (totals.histories >= WITH_EARLY_TAKEOVER) {
            assertThat(totals.takenEarly).as("taken early").isGreaterThan(WITH_EARLY_TAKEOVER / 10);
        }
    }

    /** As on etcd. Speeds of clocks are equal here; that they may differ by a tenth is what the holder's margin is for. */
    @Test
    void aLeaseThatIsTakenByOneThatSawNoRenewalHasOneHolder() {
        Totals totals = run(WITH_EARLY_TAKEOVER, Takeover.FROM_SILENT);

        if (totals.histories >= WITH_EARLY_TAKEOVER) {
            assertThat(totals.takenEarly).as("taken by one that waited").isGreaterThan(WITH_EARLY_TAKEOVER / 10);
        }
    }

    private static Totals run(int histories, Takeover takeover) {
        Totals totals = new Totals();
        Effort.seeds(histories).forEach(seed -> totals.add(run(seed, takeover)));

        assertThat(totals.terms).isPositive();
        if (totals.histories >= histories) {
            totals.requireThatMuchHappened();
        }
        return totals;
    }

    private static LeaseSimulation.Summary run(long seed, Takeover takeover) {
        try {
            return new LeaseSimulation(seed, Fence.inMemory(), takeover).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("a history broke: " + Effort.replay(LeaseSimulationTest.class, seed), e);
        }
    }

    /** Histories in which nothing happens would prove nothing. */
    private static final class Totals {
        private int histories;
        private long terms;
        private long accepted;
        private long refused;
        private long takenEarly;
        private final Set<LossReason> losses = EnumSet.noneOf(LossReason.class);

        void add(LeaseSimulation.Summary summary) {
            histories++;
            terms += summary.terms();
            accepted += summary.accepted();
            refused += summary.refused();
            takenEarly += summary.takenEarly();
            losses.addAll(summary.losses());
        }

        void requireThatMuchHappened() {
            assertThat(terms).as("terms").isGreaterThan(2L * histories);
            assertThat(accepted).as("accepted writes").isGreaterThan(2L * histories);
            assertThat(refused).as("writes that only the fence stopped").isGreaterThan(histories / 100);
            assertThat(losses).contains(LossReason.EXPIRED, LossReason.REVOKED, LossReason.HANDED_OVER);
        }
    }
}
