package dev.signalbox.testing.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EffortTest {
    @Test
    void theShortFormIsWhatRunsUnlessTheLongIsAskedFor() {
        assertThat(with("signalbox.long", null, () -> Effort.of(3, 7))).isEqualTo(3);
        assertThat(with("signalbox.long", "true", () -> Effort.of(3, 7))).isEqualTo(7);
    }

    @Test
    void theLongFormTriesAHundredTimesTheSeeds() {
        Supplier<long[]> seeds =
                () -> with("signalbox.seed", null, () -> Effort.seeds(3).toArray());

        assertThat(with("signalbox.long", null, seeds)).hasSize(3).doesNotHaveDuplicates();
        assertThat(with("signalbox.long", "true", seeds)).hasSize(300).doesNotHaveDuplicates();
    }

    @Test
    void aGivenSeedIsTheOnlyOne() {
        assertThat(with("signalbox.seed", "42", () -> Effort.seeds(3).toArray()))
                .containsExactly(42);
    }

    @Test
    void aFailureNamesTheCommandThatReplaysIt() {
        assertThat(Effort.replay(EffortTest.class, 42))
                .startsWith("seed 42")
                .contains("./signalbox verify --seed 42 -pl testing/services -am -Dtest=EffortTest ");
    }

    private static <T> T with(String key, @Nullable String value, Supplier<T> body) {
        String before = value == null ? System.clearProperty(key) : System.setProperty(key, value);
        try {
            return body.get();
        } finally {
            if (before == null) {
                System.clearProperty(key);
            } else {
                System.setProperty(key, before);
            }
        }
    }
}
