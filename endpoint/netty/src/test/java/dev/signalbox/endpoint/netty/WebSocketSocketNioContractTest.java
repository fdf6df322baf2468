package dev.signalbox.endpoint.netty;

/** The same on the transport that every platform has. */
class WebSocketSocketNioContractTest extends WebSocketSocketContractTest {
    @Override
    Transport transport() {
        return Transport.NIO;
    }
}
