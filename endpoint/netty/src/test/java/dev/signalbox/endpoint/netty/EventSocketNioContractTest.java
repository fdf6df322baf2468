package dev.signalbox.endpoint.netty;

/** The same on the transport that every platform has. */
class EventSocketNioContractTest extends EventSocketContractTest {
    @Override
    Transport transport() {
        return Transport.NIO;
    }
}
