package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.testing.contract.EndpointSettings;

/** The contract on the transport that every platform has. */
class WebSocketNioContractTest extends WebSocketContractTest {
    @Override
    protected Endpoint endpoint(Authenticator authenticator, EndpointSettings settings) {
        return WebSocketEndpoint.create(Transport.NIO.loops(2), options(settings), authenticator);
    }
}
