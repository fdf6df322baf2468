package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WebSocketOptionsTest {
    private final WebSocketOptions defaults = WebSocketOptions.defaults();

    @Test
    void defaultsAreAPromise() {
        assertThat(defaults)
                .isEqualTo(new WebSocketOptions(
                        "127.0.0.1",
                        8081,
                        "/ws",
                        new WebSocketOptions.Limits(524_288, 1_048_576, 16_777_216, 100_000, 1_000, 1_000, 1_024),
                        new WebSocketOptions.Timeouts(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(3)),
                        Optional.empty(),
                        Runtime.getRuntime().availableProcessors(),
                        true,
                        WebSocketOptions.Proxies.NONE,
                        true));
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withPort(65_536))
                .withMessage("port must be 0 to 65535, not 65536");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withPath("ws"))
                .withMessageContaining("path");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withHost(" "))
                .withMessageContaining("host");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withEventLoops(0))
                .withMessageContaining("eventLoops");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebSocketOptions.Timeouts(
                        Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .withMessageContaining("handshake");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebSocketOptions.Limits(1, 1 << 20, 1 << 20, 1, 1, 1, 0))
                .withMessageContaining("maxFrameBytes");
    }
}
