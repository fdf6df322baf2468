package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.ListenerOptions.UnixSocket;
import dev.signalbox.endpoint.netty.TcpOptions.Framing;
import dev.signalbox.endpoint.netty.WebSocketOptions.Events;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The ways in which clients connect, beside WebSocket.
 *
 * @param clientAuthorities who has to have signed the clients' certificates; empty if they need none
 * @param socket over WebSocket and HTTP, beside the port; empty for not at all
 * @param events over HTTP; empty for not at all
 * @param tcpPort over TCP; empty for not at all
 * @param tcpSocket as over TCP, on a Unix socket; empty for not at all
 * @param udpPort over UDP; empty for not at all
 * @param udpDatagram the largest, in bytes
 * @param grpcPort over gRPC; empty for not at all
 */
record EndpointSettings(
        Optional<Path> clientAuthorities,
        Optional<UnixSocket> socket,
        Optional<Events> events,
        Optional<Integer> tcpPort,
        Optional<UnixSocket> tcpSocket,
        Framing tcpFraming,
        Optional<Integer> udpPort,
        int udpDatagram,
        Optional<Integer> grpcPort) {

    static EndpointSettings read(Reading reading) {
        Optional<Path> authorities = reading.find(EndpointKeys.CLIENT_AUTHORITIES);
        reading.check(
                authorities.isEmpty() || reading.find(ClientKeys.CERTIFICATE).isPresent(),
                EndpointKeys.CLIENT_AUTHORITIES,
                "needs " + ClientKeys.CERTIFICATE.path() + ": only over TLS do clients have certificates");
        Events events = new Events(
                reading.get(EndpointKeys.EVENTS_PATH),
                reading.find(EndpointKeys.ORIGINS).orElse(List.of()),
                reading.get(EndpointKeys.RESUME));
        return new EndpointSettings(
                authorities,
                socket(reading, EndpointKeys.SOCKET),
                reading.get(EndpointKeys.EVENTS) ? Optional.of(events) : Optional.empty(),
                reading.find(EndpointKeys.TCP_PORT),
                socket(reading, EndpointKeys.TCP_SOCKET),
                reading.get(EndpointKeys.TCP_FRAMING),
                reading.find(EndpointKeys.UDP_PORT),
                reading.get(EndpointKeys.UDP_DATAGRAM),
                reading.find(EndpointKeys.GRPC_PORT));
    }

    private static Optional<UnixSocket> socket(Reading reading, Key<Path> key) {
        return reading.find(key).map(path -> new UnixSocket(path, reading.get(EndpointKeys.SOCKET_MODE)));
    }
}
