package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * Random histories on a movable clock: nodes that hang and are taken over, providers that refuse, vanish and forget, people who
 * cancel and revive. The seed is in the message of every failure; {@code -Dsignalbox.seed=N} replays it.
 */
public abstract class DeliveryQueueSimulationContract extends DeliveryQueueContract {
    /** How many operations one history has. */
    protected int length() {
        return 400;
    }

    @RepeatedTest(3)
    void randomHistoryKeepsItsPromises(RepetitionInfo repetition) {
        long seed = Long.getLong("signalbox.seed", System.nanoTime() + repetition.getCurrentRepetition());
        run(seed);
    }

    @Test
    void aKnownHistoryKeepsItsPromises() {
        run(20260301L);
    }

    private void run(long seed) {
        try (QueueSimulation simulation = new QueueSimulation(seed, queue(), clock, this::audit)) {
            simulation.run(length());
        } catch (Throwable e) {
            throw new AssertionError(
                    "the history of seed " + seed + " broke; replay it with -Dsignalbox.seed=" + seed, e);
        }
        assertThat(seed).isNotZero();
    }
}
