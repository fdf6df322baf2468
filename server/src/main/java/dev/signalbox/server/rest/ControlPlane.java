package dev.signalbox.server.rest;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The control plane: REST for programs, the console for people, health and metrics for machines, on one port. Handlers
 * run on virtual threads and may block. Thread-safe.
 */
public final class ControlPlane implements AutoCloseable {
    private final WebServer server;
    private final Options options;

    /**
     * Where to listen and what to take.
     *
     * @param host a name or address of this machine
     * @param port 0 to 65535; 0 takes any free one
     * @param tls serves HTTPS if present
     * @param limits how much of it clients may take
     */
    public record Options(String host, int port, Optional<SSLContext> tls, Limits limits) {
        /** Loopback, no TLS, the usual limits. */
        public static Options local(int port) {
            return new Options("127.0.0.1", port, Optional.empty(), Limits.defaults());
        }

        public static Options of(ControlSettings settings) {
            return new Options(
                    settings.host(), settings.port(), settings.tls().map(PemContext::load), settings.limits());
        }

        public Options {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
            }
        }

        public Options withHost(String name) {
            return new Options(name, port, tls, limits);
        }

        public Options withTls(SSLContext context) {
            return new Options(host, port, Optional.of(context), limits);
        }

        public Options withLimits(Limits wanted) {
            return new Options(host, port, tls, wanted);
        }
    }

    /** What a request may hold, in bytes: one message or one line of a bulk request, and the whole bulk request. */
    public record Bounds(int maxBody, long maxBulk) {
        /** Bulk requests are streamed, so their length bounds a mistake and not memory. */
        public static Bounds of(ControlSettings settings) {
            return new Bounds(settings.maxBody(), 1L << 30);
        }
    }

    private ControlPlane(WebServer server, Options options) {
        this.server = server;
        this.options = options;
    }

    /**
     * Starts listening; when it returns, requests are answered.
     *
     * @param around runs around each request
     * @throws ControlPlaneException if the address is not this machine's, or is in use
     */
    public static ControlPlane start(
            Options options,
            OpenApi api,
            Authorizer authorizer,
            MeterRegistry registry,
            Optional<RequestFilter> around) {
        var audit = new AuditLog(InstantSource.system());
        var guard = new Guard(authorizer, audit);
        var routes = new RouteTable(api.routes());
        var routing = new Routing(routes, guard, options.limits(), audit, registry, new ErrorAnswers(api.outages()));
        var server = WebServer.start(
                options, around.map(filter -> around(filter, routing)).orElse(routing));
        return new ControlPlane(server, options);
    }

    private static Handler around(RequestFilter filter, Handler inside) {
        return (request, response) -> filter.filter(request, response, inside);
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Where it listens; on all addresses, the loopback one. */
    public URI uri() {
        String host = options.host().equals("0.0.0.0") ? "127.0.0.1" : options.host();
        return URI.create((options.tls().isPresent() ? "https" : "http") + "://" + host + ":" + port() + "/");
    }

    /** Stops taking requests and gives those under way five seconds. Idempotent. */
    @Override
    public void close() {
        server.close();
    }
}
