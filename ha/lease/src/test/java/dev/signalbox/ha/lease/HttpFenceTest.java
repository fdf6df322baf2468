package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.HttpFence.Verdict;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fencing tokens in HTTP headers. */
class HttpFenceTest {
    private final HttpFence fence = HttpFence.of("a;b", Fence.inMemory());

    private Verdict check(String header) {
        return fence.check(Optional.of(header));
    }

    @Test
    void admitsTheNewestEpochAgainAndAgainAndNoOlderOne() {
        assertThat(check("a;b;7")).isEqualTo(Verdict.ADMITTED);
        assertThat(check("a;b;7")).isEqualTo(Verdict.ADMITTED);
        assertThat(check("a;b;9")).isEqualTo(Verdict.ADMITTED);
        assertThat(check("a;b;8")).isEqualTo(Verdict.STALE);
        assertThat(check("a;b;9")).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void takesWhatALeaseSends() {
        TestClocks time = new TestClocks();
        var lease = new Tenure("a;b", "one", 3, Deadline.in(Duration.ofSeconds(1), time.clocks()), time.clocks());

        assertThat(check(HttpFence.header(lease))).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void refusesOtherLeasesWithoutLearningFromThem() {
        assertThat(check("other;9")).isEqualTo(Verdict.FOREIGN);
        assertThat(check("a;b;1")).isEqualTo(Verdict.ADMITTED);
    }

    @Test
    void wantsAHeader() {
        assertThat(fence.check(Optional.empty())).isEqualTo(Verdict.MISSING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "a;b",
                "a;b;",
                "a;b;0",
                "a;b;-1",
                "a;b;1.0",
                "a;b;9999999999999999999",
                "a b;1",
                "a;b;1 "
            })
    void refusesWhatIsNoToken(String header) {
        assertThat(check(header)).isEqualTo(Verdict.MALFORMED);
    }

    @Test
    void eachVerdictHasItsStatus() {
        assertThat(Verdict.MISSING.status()).isEqualTo(428);
        assertThat(Verdict.MALFORMED.status()).isEqualTo(400);
        assertThat(Verdict.FOREIGN.status()).isEqualTo(403);
        assertThat(Verdict.STALE.status()).isEqualTo(412);
        assertThat(Verdict.ADMITTED.status()).isEqualTo(200);
    }
}
