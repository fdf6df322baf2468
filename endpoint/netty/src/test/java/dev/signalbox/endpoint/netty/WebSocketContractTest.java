package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.testing.contract.EndpointContract;
import dev.signalbox.testing.contract.EndpointSettings;
import dev.signalbox.testing.contract.TestClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;

/** The contract over plain WebSocket, on the native transport where there is one. */
class WebSocketContractTest extends EndpointContract {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static ListenerOptions listener(EndpointSettings settings) {
        return ListenerOptions.on(0)
                .withLimits(new ListenerOptions.Limits(
                        settings.maxFrameBytes(),
                        settings.maxOutboundBytes(),
                        1_000,
                        1_000,
                        settings.maxMessagesPerSecond(),
                        1 << 10))
                .withTimeouts(new ListenerOptions.Timeouts(
                        Duration.ofSeconds(5), settings.authentication(), settings.idle(), Duration.ofMillis(500)));
    }

    static WebSocketOptions options(EndpointSettings settings) {
        return WebSocketOptions.defaults().listening(on -> listener(settings));
    }

    @Override
    protected Endpoint endpoint(Authenticator authenticator, EndpointSettings settings) {
        return WebSocketEndpoint.create(Transport.NATIVE.loops(2), options(settings), authenticator);
    }

    @Override
    protected TestClient connect(URI address, Optional<String> token) {
        return new JdkWebSocketClient(HTTP, address, token);
    }
}
