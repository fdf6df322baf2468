package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WebSocketOptionsTest {
    private final WebSocketOptions defaults = WebSocketOptions.defaults();

    @Test
    void defaultsAreAPromise() {
        ListenerOptions listener = new ListenerOptions(
                new ListenerOptions.Port("127.0.0.1", 8081),
                new ListenerOptions.Limits(524_288, 1_048_576, 100_000, 1_000, 1_000, 1_024),
                new ListenerOptions.Timeouts(
                        Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(3)),
                Optional.empty(),
                ListenerOptions.Proxies.NONE);
        WebSocketOptions.Events events = new WebSocketOptions.Events("/events", List.of(), Duration.ofSeconds(30));
        assertThat(defaults).isEqualTo(new WebSocketOptions(listener, "/ws", true, Optional.of(events)));
        assertThat(EventLoops.Options.defaults())
                .isEqualTo(new EventLoops.Options(Runtime.getRuntime().availableProcessors(), true, 16_777_216));
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.listening(on -> on.withPort(65_536)))
                .withMessage("port must be 0 to 65535, not 65536");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withPath("ws"))
                .withMessageContaining("path");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.listening(on -> on.at(new ListenerOptions.Port(" ", 1))))
                .withMessageContaining("host");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withPath("/events"))
                .withMessageContaining("/events");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventLoops.Options.defaults().withThreads(0))
                .withMessageContaining("threads");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventLoops.Options.defaults().withMaxBroadcastBytes(1))
                .withMessageContaining("maxBroadcastBytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ListenerOptions.Timeouts(
                        Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .withMessageContaining("handshake");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ListenerOptions.Limits(1, 1 << 20, 1, 1, 1, 0))
                .withMessageContaining("maxFrameBytes");
    }
}
