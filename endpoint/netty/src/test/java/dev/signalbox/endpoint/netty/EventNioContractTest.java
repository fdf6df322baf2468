package dev.signalbox.endpoint.netty;

/** The same on the transport that every platform has. */
class EventNioContractTest extends EventContractTest {
    @Override
    Transport transport() {
        return Transport.NIO;
    }
}
