package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.EventLoops;
import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.endpoint.netty.WebSocketOptions;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import java.util.List;
import java.util.stream.Stream;

/** Clients that connect over WebSocket, HTTP, TCP, UDP or gRPC: their ports, their tokens, who is there. */
public final class ClientsFeature implements Feature {
    /** Room around the largest payload for the frame's other fields. Base64 makes a payload a third longer. */
    private static final int FRAME_OVERHEAD = 16 * 1024;

    @Override
    public String name() {
        return "clients";
    }

    @Override
    public List<Key<?>> keys() {
        return Stream.of(ClientKeys.ALL, EndpointKeys.ALL).flatMap(List::stream).toList();
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(
                new CommandEntry("client", ClientCommand.class, () -> new ClientCommand()),
                new CommandEntry("connect", ConnectCommand.class, () -> new ConnectCommand()),
                new CommandEntry("token", TokenCommand.class, () -> new TokenCommand(features)));
    }

    @Override
    public Part configure(Reading reading) {
        ClientSettings settings = ClientSettings.read(reading);
        EndpointSettings endpoints = EndpointSettings.read(reading);
        return node -> start(node, settings, endpoints);
    }

    private static void start(Node node, ClientSettings settings, EndpointSettings endpoints) {
        node.routing(options -> options.withSessions(settings.sessions())
                .withPending(new RouterOptions.Pending(
                        settings.pending(), options.pending().bytesPerUser()))
                .withResume(new RouterOptions.Resume(
                        settings.resume().within(),
                        settings.resume().sessions(),
                        options.resume().maxMessages(),
                        settings.resume().size())));
        open(node, settings, endpoints);
        new ClientRoutes(new RouterDirectory(node.router())).addTo(node);
    }

    private static void open(Node node, ClientSettings settings, EndpointSettings endpoints) {
        int maxMessage = node.settings().maxMessage();
        EventLoops loops = loops(maxMessage);
        Authenticator authenticator = authenticator(settings, node);
        ConnectionMetrics metrics = new ConnectionMetrics(node.registry());
        ListenerOptions listener = listener(settings, endpoints, maxMessage);
        WebSocketOptions web = WebSocketOptions.defaults()
                .listening(on -> listener)
                .withCompression(settings.compression())
                .withEvents(endpoints.events());
        new ClientEndpoints(node, loops, listener, authenticator, metrics).open(web, endpoints);
    }

    private static Authenticator authenticator(ClientSettings settings, Node node) {
        return node.authenticator(ClientTokens.of(settings, node.clock()).authenticator());
    }

    /** The largest frame of a client with a payload that is as large as may be. */
    private static int frame(int maxMessage) {
        return maxMessage / 3 * 4 + FRAME_OVERHEAD;
    }

    private static EventLoops loops(int maxMessage) {
        EventLoops.Options defaults = EventLoops.Options.defaults();
        return EventLoops.create(
                defaults.withMaxBroadcastBytes(Math.max(defaults.maxBroadcastBytes(), 2 * frame(maxMessage))));
    }

    /** Where clients connect, and what each may do, whatever it speaks. */
    private static ListenerOptions listener(ClientSettings settings, EndpointSettings endpoints, int maxMessage) {
        ListenerOptions defaults = ListenerOptions.on(settings.port());
        ListenerOptions.Timeouts timeouts = defaults.timeouts();
        int frame = frame(maxMessage);
        ListenerOptions listener = defaults.at(new ListenerOptions.Port(settings.host(), settings.port()))
                .withProxies(settings.proxies())
                .withLimits(new ListenerOptions.Limits(
                        frame,
                        Math.max(defaults.limits().maxOutboundBytes(), 2 * frame),
                        settings.maxConnections(),
                        settings.maxConnectionsPerAddress(),
                        settings.rate(),
                        settings.minUpload()))
                .withTimeouts(new ListenerOptions.Timeouts(
                        timeouts.handshake(), settings.authTimeout(), settings.idleTimeout(), timeouts.close()));
        return settings.tls()
                .map(pem -> listener.withTls(
                        new ListenerOptions.Tls(pem.certificate(), pem.key(), endpoints.clientAuthorities())))
                .orElse(listener);
    }
}
