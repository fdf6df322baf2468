package dev.signalbox.server;

import dev.signalbox.server.rest.PemContext;

import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Retry;
import dev.signalbox.endpoint.netty.WebSocketOptions;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.ClientIdentity;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.server.clients.ClientTokens;
import dev.signalbox.server.config.ServerConfig;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Limits;
import java.time.InstantSource;
import java.util.Map;

/** What the configuration means for each library. */
final class Wiring {
    /** Room around the largest payload for the frame's other fields. Base64 makes a payload a third longer. */
    private static final int FRAME_OVERHEAD = 16 * 1024;

    /** Bulk requests are streamed, so this bounds a mistake, not memory. */
    private static final long MAX_BULK = 1L << 30;

    private Wiring() {}

    static DispatchOptions dispatch(ServerConfig.Delivery config) {
        ServerConfig.Retry retry = config.retry();
        return DispatchOptions.DEFAULT
                .withLease(config.lease())
                .withPoll(config.pollInterval())
                .withRetry(new Retry(
                        retry.base(), retry.factor(), retry.max(), retry.jitter(), Retry.DEFAULT.maxRetryAfter()));
    }

    static RouterOptions router(ServerConfig config) {
        return RouterOptions.defaults()
                .withMaxPayloadBytes(config.clients().maxMessage())
                .withDrain(config.shutdownTimeout());
    }

    static WebSocketOptions endpoint(ServerConfig config) {
        ServerConfig.Clients clients = config.clients();
        WebSocketOptions defaults = WebSocketOptions.defaults();
        int frame = clients.maxMessage() / 3 * 4 + FRAME_OVERHEAD;
        WebSocketOptions options = defaults.withHost(clients.host())
                .withPort(clients.port())
                .withLimits(new WebSocketOptions.Limits(
                        frame,
                        Math.max(defaults.limits().maxOutboundBytes(), 2 * frame),
                        Math.max(defaults.limits().maxBroadcastBytes(), 2 * frame),
                        clients.maxConnections(),
                        clients.maxConnectionsPerAddress(),
                        clients.rate()))
                .withTimeouts(new WebSocketOptions.Timeouts(
                        defaults.timeouts().handshake(),
                        clients.authTimeout(),
                        clients.idleTimeout(),
                        defaults.timeouts().close()));
        return clients.tls()
                .map(pem -> options.withTls(new WebSocketOptions.Tls(pem.certificate(), pem.key())))
                .orElse(options);
    }

    static Authenticator authenticator(ServerConfig config, InstantSource clock) {
        var tokens = ClientTokens.of(config.clients(), clock);
        return token -> tokens.clientOf(token).map(client -> new ClientIdentity(client, Map.of()));
    }

    static ControlPlane.Options control(ServerConfig config) {
        ServerConfig.Control control = config.control();
        var options = ControlPlane.Options.local(control.port())
                .withHost(control.host())
                .withMaxBody(control.maxBody(), MAX_BULK)
                .withMaxAttempts(config.delivery().maxAttempts())
                .withLimits(limits(control.limits()));
        return control.tls().map(pem -> options.withTls(PemContext.load(pem))).orElse(options);
    }

    private static Limits limits(ServerConfig.ControlLimits limits) {
        return Limits.defaults()
                .withHeaderTimeout(limits.headerTimeout())
                .withBodyTimeout(limits.bodyTimeout())
                .withMinBodyRate(limits.minBodyRate())
                .withIdleTimeout(limits.idleTimeout())
                .withMaxConnections(limits.maxConnections(), limits.maxConnectionsPerAddress())
                .withMaxRequests(limits.maxRequests(), limits.maxRequestsPerPrincipal());
    }
}
