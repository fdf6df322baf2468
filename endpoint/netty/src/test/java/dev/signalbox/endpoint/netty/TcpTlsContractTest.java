package dev.signalbox.endpoint.netty;

/** The same with frames that begin with their length, over TLS, on the transport that every platform has. */
class TcpTlsContractTest extends TcpContractTest {
    @Override
    Transport transport() {
        return Transport.NIO_TLS;
    }

    @Override
    TcpOptions.Framing framing() {
        return TcpOptions.Framing.LENGTHS;
    }
}
