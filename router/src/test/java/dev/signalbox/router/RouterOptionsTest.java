package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterOptionsTest {
    private final RouterOptions defaults = RouterOptions.defaults();

    @Test
    void defaultsAreAPromise() {
        assertThat(defaults)
                .isEqualTo(new RouterOptions(
                        262_144,
                        1_000,
                        32,
                        8_192,
                        new RouterOptions.Sessions(100, RouterOptions.AtSessionLimit.REPLACE_OLDEST),
                        100_000,
                        Duration.ofHours(1),
                        new RouterOptions.Pending(1_000, 4_194_304),
                        new RouterOptions.Acknowledgements(1_000, 4_194_304, 100_000, 67_108_864),
                        new RouterOptions.Topics(
                                10_000,
                                100,
                                List.of(),
                                new TopicPolicy(1_000, 1_048_576, Duration.ofMinutes(5), TopicPolicy.SlowConsumer.GAP)),
                        new RouterOptions.Resume(Duration.ofSeconds(30), 10_000, 100_000, 67_108_864),
                        Duration.ofSeconds(10)));
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withMaxPayloadBytes(0))
                .withMessage("maxPayloadBytes must be 1 to 67108864, not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withDrain(Duration.ofHours(2)))
                .withMessageContaining("drain");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RouterOptions.Acknowledgements(0, 1, 1, 1))
                .withMessageContaining("perClient");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RouterOptions.Pending(1, 0))
                .withMessageContaining("bytesPerUser");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RouterOptions.Sessions(0, RouterOptions.AtSessionLimit.REFUSE))
                .withMessageContaining("perUser");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RouterOptions.Resume(Duration.ofDays(2), 1, 1, 1))
                .withMessageContaining("within");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Logic.Worker((message, context) -> {}, 0))
                .withMessageContaining("mailbox");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Logic.Dispatched((message, context) -> {}, 0, 0))
                .withMessageContaining("concurrency");
    }

    @Test
    void eachWitherChangesItsOwn() {
        RouterOptions.Topics topics = new RouterOptions.Topics(1, 2, List.of(), TopicPolicy.DEFAULT);
        RouterOptions.Resume resume = new RouterOptions.Resume(Duration.ofSeconds(1), 2, 3, 4);
        RouterOptions changed = defaults.withMaxPayloadBytes(5)
                .withSessions(new RouterOptions.Sessions(2, RouterOptions.AtSessionLimit.REFUSE))
                .withPending(new RouterOptions.Pending(7, 8))
                .withMaxRequests(6)
                .withAcknowledgements(new RouterOptions.Acknowledgements(1, 2, 3, 4))
                .withTopics(topics)
                .withResume(resume)
                .withDrain(Duration.ZERO);

        assertThat(changed)
                .isEqualTo(new RouterOptions(
                        5,
                        1_000,
                        32,
                        8_192,
                        new RouterOptions.Sessions(2, RouterOptions.AtSessionLimit.REFUSE),
                        6,
                        Duration.ofHours(1),
                        new RouterOptions.Pending(7, 8),
                        new RouterOptions.Acknowledgements(1, 2, 3, 4),
                        topics,
                        resume,
                        Duration.ZERO));
    }
}
