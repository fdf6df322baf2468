package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;

/** The contract on the transport that every platform has. */
class WebSocketNioContractTest extends WebSocketContractTest {
    @Override
    protected Endpoint endpoint(Authenticator authenticator, Settings settings) {
        return WebSocketEndpoint.create(options(settings).withNativeTransport(false), authenticator);
    }
}
