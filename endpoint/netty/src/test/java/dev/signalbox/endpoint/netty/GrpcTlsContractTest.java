package dev.signalbox.endpoint.netty;

/** The same over TLS, on the transport that every platform has. */
class GrpcTlsContractTest extends GrpcContractTest {
    @Override
    Transport transport() {
        return Transport.NIO_TLS;
    }
}
