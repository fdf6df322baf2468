package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.EventLoops;
import dev.signalbox.endpoint.netty.GrpcEndpoint;
import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.endpoint.netty.ListenerOptions.Proxies;
import dev.signalbox.endpoint.netty.TcpEndpoint;
import dev.signalbox.endpoint.netty.TcpOptions;
import dev.signalbox.endpoint.netty.UdpEndpoint;
import dev.signalbox.endpoint.netty.UdpOptions;
import dev.signalbox.endpoint.netty.WebSocketEndpoint;
import dev.signalbox.endpoint.netty.WebSocketOptions;
import dev.signalbox.router.Authenticator;
import dev.signalbox.server.node.Node;
import java.util.Optional;

/**
 * The endpoints that the configuration names, and what they share.
 *
 * @param listener where and how clients connect over WebSocket; the others differ from it
 */
record ClientEndpoints(
        Node node, EventLoops loops, ListenerOptions listener, Authenticator authenticator, ConnectionMetrics metrics) {

    void open(WebSocketOptions web, EndpointSettings settings) {
        web("clients", web);
        settings.socket()
                .ifPresent(file -> web(
                        "clients-socket", web.listening(on -> bare(on.proxies()).at(file))));
        settings.tcpPort()
                .ifPresent(port ->
                        tcp("clients-tcp", settings, listener.withPort(port).withProxies(direct())));
        settings.tcpSocket()
                .ifPresent(file ->
                        tcp("clients-tcp-socket", settings, bare(direct()).at(file)));
        settings.udpPort().ifPresent(port -> udp(settings, bare(Proxies.NONE).withPort(port)));
        settings.grpcPort()
                .ifPresent(port -> node.endpoint(
                        "clients-grpc", GrpcEndpoint.create(loops, listener.withPort(port), authenticator, metrics)));
    }

    private void web(String name, WebSocketOptions options) {
        node.endpoint(name, WebSocketEndpoint.create(loops, options, authenticator, metrics));
    }

    private void tcp(String name, EndpointSettings settings, ListenerOptions on) {
        TcpOptions options = new TcpOptions(on, settings.tcpFraming());
        node.endpoint(name, TcpEndpoint.create(loops, options, authenticator, metrics));
    }

    private void udp(EndpointSettings settings, ListenerOptions on) {
        UdpOptions options = new UdpOptions(on, settings.udpDatagram());
        node.endpoint("clients-udp", UdpEndpoint.create(loops, options, authenticator, metrics));
    }

    /** Without TLS: what goes over a Unix socket stays on this machine, and over UDP there is none. */
    private ListenerOptions bare(Proxies proxies) {
        return new ListenerOptions(listener.place(), listener.limits(), listener.timeouts(), Optional.empty(), proxies);
    }

    /** Where there are no headers, none can tell an address. */
    private Proxies direct() {
        Proxies proxies = listener.proxies();
        return proxies.source() == AddressSource.PROXY_PROTOCOL ? proxies : Proxies.NONE;
    }
}
