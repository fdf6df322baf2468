package dev.signalbox.endpoint.netty;

import dev.signalbox.testing.contract.EndpointSettings;
import dev.signalbox.testing.contract.TestClient;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The contract over HTTP with server-sent events, on a Unix socket. */
class EventSocketContractTest extends EventContractTest {
    private final SocketPlaces places = new SocketPlaces();

    @Override
    WebSocketOptions options(EndpointSettings settings) {
        return super.options(settings).listening(places::onFile);
    }

    @Override
    protected TestClient connect(URI address, Optional<String> token) {
        return super.connect(places.relayed(address), token);
    }

    @Override
    protected String clientAddress() {
        return "unix socket";
    }

    @AfterEach
    void closeRelays() {
        places.close();
    }
}
