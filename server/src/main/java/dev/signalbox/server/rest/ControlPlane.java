package dev.signalbox.server.rest;

import dev.signalbox.server.sessions.SessionRoutes;
import dev.signalbox.server.clients.ClientDirectory;
import dev.signalbox.server.node.ObservationRoutes;
import dev.signalbox.server.sessions.SessionStreams;
import dev.signalbox.server.delivery.MessagingRoutes;
import dev.signalbox.server.delivery.Addresses;
import dev.signalbox.server.node.PlatformMetrics;
import dev.signalbox.server.delivery.DeliveryMetrics;
import dev.signalbox.server.console.ConsoleRoutes;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.delivery.MessageRoutes;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.session.bus.SessionBus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * The control plane: REST for programs, the console for people, health and metrics for machines, on one port. Handlers
 * run on virtual threads and may block. Thread-safe.
 */
public final class ControlPlane implements AutoCloseable {
    private final WebServer server;
    private final PlatformMetrics platform;
    private final SessionStreams streams;

    /**
     * Where to listen and what to take.
     *
     * @param host a name or address of this machine
     * @param port 0 to 65535; 0 takes any free one
     * @param maxBody the longest single message or bulk line, in bytes of its JSON or CSV; at least 1024
     * @param maxBulk the longest bulk request in bytes; at least {@code maxBody}
     * @param maxAttempts the attempt budget of a step, for messages that do not say; 1 to 100
     * @param tls serves HTTPS if present
     * @param limits how much of it clients may take
     */
    public record Options(
            String host,
            int port,
            int maxBody,
            long maxBulk,
            int maxAttempts,
            Optional<SSLContext> tls,
            Limits limits) {
        /** Loopback, 256 KiB a message, 1 GiB a bulk request, no TLS, the usual limits. */
        public static Options local(int port) {
            return new Options(
                    "127.0.0.1",
                    port,
                    256 * 1024,
                    1L << 30,
                    Reach.DEFAULT_MAX_ATTEMPTS,
                    Optional.empty(),
                    Limits.defaults());
        }

        public Options {
            require(port >= 0 && port <= 65_535, "port must be 0 to 65535, not " + port);
            require(maxBody >= 1024, "maxBody must be at least 1024 bytes, not " + maxBody);
            require(maxBulk >= maxBody, "maxBulk must be at least maxBody, not " + maxBulk);
            require(maxAttempts >= 1 && maxAttempts <= 100, "maxAttempts must be 1 to 100, not " + maxAttempts);
        }

        public Options withHost(String name) {
            return new Options(name, port, maxBody, maxBulk, maxAttempts, tls, limits);
        }

        /** The longest single message and the longest bulk request, in bytes. */
        public Options withMaxBody(int single, long bulk) {
            return new Options(host, port, single, bulk, maxAttempts, tls, limits);
        }

        public Options withMaxAttempts(int attempts) {
            return new Options(host, port, maxBody, maxBulk, attempts, tls, limits);
        }

        public Options withTls(SSLContext context) {
            return new Options(host, port, maxBody, maxBulk, maxAttempts, Optional.of(context), limits);
        }

        public Options withLimits(Limits wanted) {
            return new Options(host, port, maxBody, maxBulk, maxAttempts, tls, wanted);
        }

        private static void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }

    /**
     * What it shows and steers.
     *
     * @param health asked at most once a second; may be slow, in which case the database is reported as down meanwhile
     * @param sessions events are JSON as text
     * @param maxSessionStreams the most sessions that are followed over HTTP at a time; at least 1
     * @param metrics fed by the server's listeners; registered in {@code registry}
     * @param around runs around each request, those of the console included
     */
    public record Services(
            DeliveryQueue queue,
            Dispatcher dispatcher,
            ClientDirectory clients,
            Authorizer authorizer,
            Addresses addresses,
            Supplier<Health.Report> health,
            SessionBus<String> sessions,
            int maxSessionStreams,
            DeliveryMetrics metrics,
            PrometheusMeterRegistry registry,
            BuildInfo build,
            Optional<Filter> around) {

        /** With nothing around the requests. */
        public Services(
                DeliveryQueue queue,
                Dispatcher dispatcher,
                ClientDirectory clients,
                Authorizer authorizer,
                Addresses addresses,
                Supplier<Health.Report> health,
                SessionBus<String> sessions,
                int maxSessionStreams,
                DeliveryMetrics metrics,
                PrometheusMeterRegistry registry,
                BuildInfo build) {
            this(
                    queue,
                    dispatcher,
                    clients,
                    authorizer,
                    addresses,
                    health,
                    sessions,
                    maxSessionStreams,
                    metrics,
                    registry,
                    build,
                    Optional.empty());
        }
    }

    private ControlPlane(WebServer server, PlatformMetrics platform, SessionStreams streams) {
        this.server = server;
        this.platform = platform;
        this.streams = streams;
    }

    /**
     * Starts listening; when it returns, requests are answered.
     *
     * @throws ControlPlaneException if the address is not this machine's, or is in use
     */
    public static ControlPlane start(Options options, Services services, InstantSource clock) {
        var observation = new ObservationRoutes(services, clock);
        var streams = new SessionStreams(
                services.sessions(),
                services.maxSessionStreams(),
                options.limits().maxRequestsPerPrincipal());
        var routes = new RouteTable(routes(options, services, observation, streams, clock));
        var audit = new AuditLog(clock);
        var guard = new Guard(services.authorizer(), audit);
        var routing = new Routing(routes, guard, options.limits(), audit, services.registry());
        var server = WebServer.start(
                options,
                services.around().map(filter -> around(filter, routing)).orElse(routing));
        return new ControlPlane(server, PlatformMetrics.bind(services, observation), streams);
    }

    public static List<Route> routes(
            Options options,
            Services services,
            ObservationRoutes observation,
            SessionStreams streams,
            InstantSource clock) {
        return Stream.of(
                        new MessagingRoutes(services.queue(), services.dispatcher()).routes(),
                        new MessageRoutes(services, options, clock).routes(),
                        new SessionRoutes(services.sessions(), options, streams).routes(),
                        observation.routes(),
                        new ConsoleRoutes().routes())
                .flatMap(List::stream)
                .toList();
    }

    private static Handler around(Filter filter, Handler inside) {
        return (request, response) -> filter.filter(request, response, inside);
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Stops taking requests and gives those under way five seconds. Idempotent. */
    @Override
    public void close() {
        streams.close();
        server.close();
        platform.close();
    }
}
