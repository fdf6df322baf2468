package dev.signalbox.endpoint.netty;

import dev.signalbox.testing.contract.EndpointSettings;
import dev.signalbox.testing.contract.TestClient;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The contract over a Unix socket, line by line. */
class TcpSocketContractTest extends TcpContractTest {
    private final SocketPlaces places = new SocketPlaces();

    @Override
    ListenerOptions listener(EndpointSettings settings) {
        return places.onFile(super.listener(settings));
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
