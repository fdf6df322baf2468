package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class MessageIdTest {
    private final SettableClock clock = new SettableClock();
    private final MessageId ids = new MessageId(clock);

    @Test
    void itIsAVersion7UuidThatBeginsWithTheTime() {
        UUID id = ids.generate();

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(clock.millis());
    }

    @Test
    void idsGrowWhileTheClockStandsStillGoesBackAndOn() {
        UUID last = ids.generate();
        for (int i = 0; i < 20_000; i++) {
            if (i == 10_000) {
                clock.advance(Duration.ofHours(-1));
            }
            if (i == 15_000) {
                clock.advance(Duration.ofHours(2));
            }
            UUID next = ids.generate();
            assertThat(Long.compareUnsigned(next.getMostSignificantBits(), last.getMostSignificantBits()))
                    .isPositive();
            last = next;
        }
        assertThat(last.getMostSignificantBits() >>> 16).isEqualTo(clock.millis() + 1);
    }

    @Test
    void threadsNeverGetTheSameOne() throws InterruptedException {
        Set<Long> prefixes = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    prefixes.add(ids.generate().getMostSignificantBits());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(prefixes).hasSize(80_000);
    }
}
