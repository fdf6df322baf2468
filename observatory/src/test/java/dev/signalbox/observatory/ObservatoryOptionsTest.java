package dev.signalbox.observatory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.observatory.ObservatoryOptions.Batching;
import dev.signalbox.observatory.ObservatoryOptions.DeadLetters;
import dev.signalbox.observatory.ObservatoryOptions.Http;
import dev.signalbox.observatory.ObservatoryOptions.Memory;
import dev.signalbox.observatory.ObservatoryOptions.Retry;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ObservatoryOptionsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void theDefaultsAreAsDocumented() {
        var options = ObservatoryOptions.defaults();
        assertThat(options.destination()).isEmpty();
        assertThat(options.spool()).isEmpty();
        assertThat(options.deadLetters()).isEmpty();
        assertThat(options.batching()).isEqualTo(new Batching(2_000, 1 << 20, SECOND));
        assertThat(options.memory())
                .isEqualTo(new Memory(
                        64 << 20,
                        32 << 20,
                        10_000,
                        Duration.ofMinutes(1),
                        WhenFull.DROP_OLDEST,
                        Duration.ofMillis(100)));
        assertThat(options.retry())
                .isEqualTo(new Retry(Duration.ofMillis(200), Duration.ofSeconds(30), Duration.ofMinutes(5)));
        assertThat(options.http()).isEqualTo(new Http(Duration.ofSeconds(3), Duration.ofSeconds(10), 64, false));
        assertThat(Spooling.in(Path.of("x")))
                .isEqualTo(new Spooling(Path.of("x"), 1L << 30, 16 << 20, Duration.ofMillis(100), false));
        assertThat(DeadLetters.in(Path.of("x")).bytes()).isEqualTo(64 << 20);
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        refused("batching records", () -> new Batching(0, 1 << 20, SECOND));
        refused("batching bytes", () -> new Batching(1, 1, SECOND));
        refused("batching interval", () -> new Batching(1, 1 << 20, Duration.ZERO));
        refused("memory bytes per context", () -> new Memory(1 << 20, 2 << 20, 1, SECOND, WhenFull.BLOCK, SECOND));
        refused("contexts", () -> new Memory(1 << 20, 1 << 20, 0, SECOND, WhenFull.BLOCK, SECOND));
        refused("retry max", () -> new Retry(SECOND, Duration.ofMillis(1), SECOND));
        refused("http in-flight", () -> new Http(SECOND, SECOND, 1, false));
        refused("spool bytes", () -> Spooling.in(Path.of("x")).withBytes(1));
        refused("spool window", () -> Spooling.in(Path.of("x")).withWindow(Duration.ofHours(1)));
        refused("dead-letter bytes", () -> new DeadLetters(Path.of("x"), 1));
        refused(
                "folders of their own",
                () -> ObservatoryOptions.defaults()
                        .withSpool(Spooling.in(Path.of("x")))
                        .withDeadLetters(DeadLetters.in(Path.of("x"))));
        refused("without", () -> Destination.of(URI.create("ftp://x"), "", WireFormat.OTLP_JSON), "http://");
    }

    private static void refused(String name, ThrowingCallable making) {
        refused(name, making, name);
    }

    private static void refused(String name, ThrowingCallable making, String words) {
        assertThatThrownBy(making)
                .as(name)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void waitsGrowAreSpreadAndHeedTheDestination() {
        var retry = new Retry(Duration.ofMillis(100), SECOND, Duration.ofSeconds(60));
        var random = new Random(1);
        for (int i = 0; i < 100; i++) {
            assertThat(retry.after(1, Duration.ZERO, random)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
            assertThat(retry.after(3, Duration.ZERO, random)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
            assertThat(retry.after(99, Duration.ZERO, random)).isBetween(Duration.ofMillis(500), SECOND);
        }
        assertThat(retry.after(1, Duration.ofSeconds(7), random)).isEqualTo(Duration.ofSeconds(7));
        assertThat(retry.after(1, Duration.ofDays(2), random)).isEqualTo(Duration.ofSeconds(60));
    }
}
