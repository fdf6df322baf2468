package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories on a movable clock: nodes that hang and are taken over, providers that refuse, vanish and forget, people who
 * cancel and revive. The message of every failure names the command that replays it.
 */
public abstract class DeliveryQueueSimulationContract extends DeliveryQueueContract {
    /** How many operations one history has. */
    protected int length() {
        return 400;
    }

    static LongStream seeds() {
        return Effort.seeds(3);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomHistoryKeepsItsPromises(long seed) {
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
            throw new AssertionError("a history broke: " + Effort.replay(getClass(), seed), e);
        }
        assertThat(seed).isNotZero();
    }
}
