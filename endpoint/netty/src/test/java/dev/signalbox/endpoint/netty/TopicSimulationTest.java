package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In order, no double, no gap or an explicit one: on every seed. */
@Timeout(600)
class TopicSimulationTest {
    @Test
    void eachSubscriberSeesEachMessageOnceAndInOrderOrAGap() {
        AtomicInteger gaps = new AtomicInteger();
        AtomicInteger resumed = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger joined = new AtomicInteger();
        AtomicInteger conflated = new AtomicInteger();
        Effort.seeds(30).forEach(seed -> {
            try (TopicSimulation simulation = new TopicSimulation(seed)) {
                simulation.run();
                gaps.addAndGet(simulation.gaps);
                resumed.addAndGet(simulation.resumed);
                refused.addAndGet(simulation.refused);
                passed.addAndGet(simulation.passed);
                joined.addAndGet(simulation.joined);
                conflated.addAndGet(simulation.conflated);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(Effort.replay(TopicSimulationTest.class, seed), e);
            }
        });
        assertThat(gaps).as("gaps seen, so that they are tried at all").hasPositiveValue();
        assertThat(resumed).as("sessions resumed").hasPositiveValue();
        assertThat(refused).as("sessions that could not be").hasPositiveValue();
        assertThat(joined).as("subscriptions by the server").hasPositiveValue();
        assertThat(passed).as("volatile messages that came").hasPositiveValue();
        assertThat(conflated)
                .as("messages left out for newer ones of their key")
                .hasPositiveValue();
    }
}
