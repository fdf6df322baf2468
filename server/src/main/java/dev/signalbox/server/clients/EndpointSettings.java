package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.TcpOptions.Framing;
import dev.signalbox.endpoint.netty.WebSocketOptions.Events;
import dev.signalbox.server.configuration.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The ways in which clients connect, beside WebSocket.
 *
 * @param clientAuthorities who has to have signed the clients' certificates; empty if they need none
 * @param events over HTTP; empty for not at all
 * @param tcpPort over TCP; empty for not at all
 * @param grpcPort over gRPC; empty for not at all
 */
record EndpointSettings(
        Optional<Path> clientAuthorities,
        Optional<Events> events,
        Optional<Integer> tcpPort,
        Framing tcpFraming,
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
                reading.get(EndpointKeys.EVENTS) ? Optional.of(events) : Optional.empty(),
                reading.find(EndpointKeys.TCP_PORT),
                reading.get(EndpointKeys.TCP_FRAMING),
                reading.find(EndpointKeys.GRPC_PORT));
    }
}
