package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.WebSocketEndpoint;
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

/** Clients that connect over WebSocket: their port, their tokens, who is there. */
public final class ClientsFeature implements Feature {
    /** Room around the largest payload for the frame's other fields. Base64 makes a payload a third longer. */
    private static final int FRAME_OVERHEAD = 16 * 1024;

    @Override
    public String name() {
        return "clients";
    }

    @Override
    public List<Key<?>> keys() {
        return ClientKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(
                new CommandEntry("connect", ConnectCommand.class, () -> new ConnectCommand()),
                new CommandEntry("token", TokenCommand.class, () -> new TokenCommand(features)));
    }

    @Override
    public Part configure(Reading reading) {
        ClientSettings settings = ClientSettings.read(reading);
        return node -> start(node, settings);
    }

    private static void start(Node node, ClientSettings settings) {
        node.routing(options -> options.withSessions(settings.sessions())
                .withPending(new RouterOptions.Pending(
                        settings.pending(), options.pending().bytesPerUser()))
                .withResume(new RouterOptions.Resume(
                        settings.resume().within(),
                        settings.resume().sessions(),
                        options.resume().maxMessages(),
                        settings.resume().size())));
        node.endpoint(
                "clients",
                WebSocketEndpoint.create(
                        options(settings, node.settings().maxMessage()),
                        authenticator(settings, node),
                        new ConnectionMetrics(node.registry())));
        new ClientRoutes(new RouterDirectory(node.router())).addTo(node);
    }

    private static Authenticator authenticator(ClientSettings settings, Node node) {
        return ClientTokens.of(settings, node.clock())::principalOf;
    }

    private static WebSocketOptions options(ClientSettings settings, int maxMessage) {
        WebSocketOptions defaults = WebSocketOptions.defaults();
        int frame = maxMessage / 3 * 4 + FRAME_OVERHEAD;
        WebSocketOptions options = defaults.withHost(settings.host())
                .withPort(settings.port())
                .withLimits(new WebSocketOptions.Limits(
                        frame,
                        Math.max(defaults.limits().maxOutboundBytes(), 2 * frame),
                        Math.max(defaults.limits().maxBroadcastBytes(), 2 * frame),
                        settings.maxConnections(),
                        settings.maxConnectionsPerAddress(),
                        settings.rate(),
                        settings.minUpload()))
                .withProxies(settings.proxies())
                .withCompression(settings.compression())
                .withTimeouts(new WebSocketOptions.Timeouts(
                        defaults.timeouts().handshake(),
                        settings.authTimeout(),
                        settings.idleTimeout(),
                        defaults.timeouts().close()));
        return settings.tls()
                .map(pem -> options.withTls(new WebSocketOptions.Tls(pem.certificate(), pem.key())))
                .orElse(options);
    }
}
