package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.testing.contract.EndpointContract;
import dev.signalbox.testing.contract.EndpointSettings;
import dev.signalbox.testing.contract.TestClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** The contract over gRPC, with a client of grpc-java that was made from clients/proto. */
class GrpcContractTest extends EndpointContract {
    Transport transport() {
        return Transport.NATIVE;
    }

    private Optional<Path> certificate() {
        return transport().apply(ListenerOptions.on(0)).tls().map(ListenerOptions.Tls::certificateChain);
    }

    @Override
    protected Endpoint endpoint(Authenticator authenticator, EndpointSettings settings) {
        ListenerOptions listener = transport().apply(WebSocketContractTest.listener(settings));
        return GrpcEndpoint.create(transport().loops(2), listener, authenticator, ConnectionListener.NONE);
    }

    @Override
    protected TestClient connect(URI address, Optional<String> token) {
        return new GrpcClient(GrpcClient.open(address.getPort(), certificate()), token);
    }
}
