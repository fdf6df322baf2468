package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.testing.contract.EndpointContract;
import dev.signalbox.testing.contract.EndpointSettings;
import dev.signalbox.testing.contract.TestClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The contract over HTTP with server-sent events. */
class EventContractTest extends EndpointContract {
    Transport transport() {
        return Transport.NATIVE;
    }

    WebSocketOptions options(EndpointSettings settings) {
        WebSocketOptions.Events events = new WebSocketOptions.Events("/events", List.of(), Duration.ofMillis(200));
        return WebSocketContractTest.options(settings).withEvents(Optional.of(events));
    }

    @Override
    protected Endpoint endpoint(Authenticator authenticator, EndpointSettings settings) {
        return WebSocketEndpoint.create(transport().loops(2), options(settings), authenticator);
    }

    @Override
    protected TestClient connect(URI address, Optional<String> token) {
        return EventClient.connect(address, token);
    }
}
