package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
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
        long[][] made = new long[4][500_000];
        CyclicBarrier together = new CyclicBarrier(made.length);
        List<Thread> threads = new ArrayList<>();
        for (long[] own : made) {
            threads.add(Thread.ofPlatform().start(() -> {
                RouterFixture.await(together);
                Arrays.setAll(own, i -> ids.generate().getMostSignificantBits());
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(Arrays.stream(made).flatMapToLong(Arrays::stream).distinct().count())
                .isEqualTo(2_000_000);
    }
}
