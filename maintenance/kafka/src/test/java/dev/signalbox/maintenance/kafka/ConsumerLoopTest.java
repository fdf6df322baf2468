package dev.signalbox.maintenance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.AdmissionGate;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.junit.jupiter.api.Test;

/** The loop when its consumer fails in a way that Kafka does not name. */
class ConsumerLoopTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void anUnexpectedFailureIsTheParticipantsProblemAndTheLoopGoesOn() throws Exception {
        var told = new CountDownLatch(1);
        var consumer = new MockConsumer<Integer, Integer>("earliest");
        var loop = new ConsumerLoop<>(
                consumer,
                _ -> {},
                new AdmissionGate(),
                KafkaWorkerOptions.defaults().withBackoff(Duration.ofSeconds(1)));
        consumer.schedulePollTask(() -> {
            throw new IllegalStateException("a bug");
        });
        loop.start(Set.of("orders"));
        try {
            await().atMost(LONG).until(() -> loop.problem().isPresent());
            assertThat(loop.problem().orElseThrow()).contains("a bug");
            consumer.schedulePollTask(told::countDown);
            await().atMost(LONG)
                    .until(() -> told.getCount() == 0 && loop.problem().equals(Optional.empty()));
        } finally {
            loop.close();
        }
    }
}
