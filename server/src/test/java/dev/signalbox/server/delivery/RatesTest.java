package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RatesTest {
    private static final Instant START = Instant.parse("2026-11-21T09:00:00Z");
    private final Rates rates = new Rates();

    @Test
    void theLastWholeSecondIsTheLastNumber() {
        rates.add(START, 3);
        rates.add(START.plusMillis(900), 4);
        rates.add(START.plusSeconds(1), 5);

        List<Long> perSecond = rates.perSecond(START.plusMillis(1500));
        assertThat(perSecond).hasSize(Rates.SECONDS);
        assertThat(perSecond.getLast()).isEqualTo(7L);
        assertThat(rates.perSecond(START.plusSeconds(2))).endsWith(7L, 5L);
    }

    @Test
    void secondsThatAreOldAreForgottenAndQuietOnesAreZero() {
        rates.add(START, 3);

        assertThat(rates.perSecond(START.plusSeconds(Rates.SECONDS))).startsWith(3L, 0L);
        assertThat(rates.perSecond(START.plusSeconds(Rates.SECONDS + 1))).containsOnly(0L);
        rates.add(START.plusSeconds(10 * (Rates.SECONDS + 2)), 1);
        assertThat(rates.perSecond(START.plusSeconds(10 * (Rates.SECONDS + 2) + 1)))
                .endsWith(0L, 1L);
    }
}
