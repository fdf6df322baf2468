package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.testing.contract.EndpointContract;
import dev.signalbox.testing.contract.EndpointSettings;
import dev.signalbox.testing.contract.TestClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Optional;

/** The contract over plain TCP, line by line. */
class TcpContractTest extends EndpointContract {
    Transport transport() {
        return Transport.NATIVE;
    }

    TcpOptions.Framing framing() {
        return TcpOptions.Framing.LINES;
    }

    ListenerOptions listener(EndpointSettings settings) {
        return transport().apply(WebSocketContractTest.listener(settings));
    }

    @Override
    protected Endpoint endpoint(Authenticator authenticator, EndpointSettings settings) {
        TcpOptions options = new TcpOptions(listener(settings), framing());
        return TcpEndpoint.create(transport().loops(2), options, authenticator, ConnectionListener.NONE);
    }

    @Override
    protected TestClient connect(URI address, Optional<String> token) {
        try {
            return new TcpClient(transport().open(address.getPort()), framing(), token);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
