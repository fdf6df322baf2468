package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.testing.contract.EndpointSettings;
import dev.signalbox.testing.contract.TestClient;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The contract over WebSocket on a Unix socket. */
class WebSocketSocketContractTest extends WebSocketContractTest {
    private final SocketPlaces places = new SocketPlaces();

    Transport transport() {
        return Transport.NATIVE;
    }

    @Override
    protected Endpoint endpoint(Authenticator authenticator, EndpointSettings settings) {
        return WebSocketEndpoint.create(
                transport().loops(2), options(settings).listening(places::onFile), authenticator);
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
