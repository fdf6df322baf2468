package dev.signalbox.endpoint.netty;

/** The same with frames that begin with their length, on the transport that every platform has. */
class TcpSocketNioContractTest extends TcpSocketContractTest {
    @Override
    Transport transport() {
        return Transport.NIO;
    }

    @Override
    TcpOptions.Framing framing() {
        return TcpOptions.Framing.LENGTHS;
    }
}
