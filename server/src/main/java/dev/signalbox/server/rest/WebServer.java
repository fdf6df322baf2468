package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.ControlPlane.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks HTTP/1.1 on one port and hands each request to a {@link Handler} on a virtual thread. This class, and those named
 * after Jetty, are the only ones that know the library. Thread-safe.
 */
final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int LONGEST_HEAD = 16 * 1024;
    private static final int BACKLOG = 1024;
    private static final int PLATFORM_THREADS = 16;
    private static final int PLATFORM_THREADS_KEPT = 8;
    private static final int IDLE_MILLIS = 60_000;
    private static final long SWEEPS_IN_HEADER_TIMEOUT = 10;

    private final ExecutorService virtualThreads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("signalbox-control-", 0).factory());
    private final Limits limits;
    private final ConnectionLimits connections;
    private final Server server;
    private final LimitedConnector connector;

    private WebServer(Options options, Handler handler) {
        this.limits = options.limits();
        this.connections = new ConnectionLimits(limits, System::nanoTime);
        // With a queue of the JDK's: to size one of its own, the library starts all of JMX.
        var pool =
                new QueuedThreadPool(PLATFORM_THREADS, PLATFORM_THREADS_KEPT, IDLE_MILLIS, new LinkedBlockingQueue<>());
        pool.setName("signalbox-control");
        pool.setVirtualThreadsExecutor(virtualThreads);
        this.server = new Server(pool);
        this.connector = connector(options);
        server.addConnector(connector);
        server.setErrorHandler(WebServer::refuse);
        server.setStopTimeout(GRACE.toMillis());
        server.setHandler(new GracefulHandler(new Entrance(handler)));
    }

    /**
     * Starts listening.
     *
     * @throws ControlPlaneException if the address is not this machine's, or is in use
     */
    static WebServer start(Options options, Handler handler) {
        var server = new WebServer(options, handler);
        try {
            server.open(options);
            return server;
        } catch (ControlPlaneException cannot) {
            server.close();
            throw cannot;
        }
    }

    private void open(Options options) {
        try {
            connector.setHost(InetAddress.getByName(options.host()).getHostAddress());
            connector.open();
            server.start();
            sweepLater();
        } catch (UnknownHostException unknown) {
            throw cannotListen(options, "there is no such host; use 127.0.0.1, or 0.0.0.0 for all addresses", unknown);
        } catch (IOException taken) {
            Throwable reason = taken.getCause() == null ? taken : taken.getCause();
            throw cannotListen(
                    options,
                    FailureText.of(reason) + ". Stop what listens there, or choose another port for the control plane",
                    taken);
        } catch (Exception failed) {
            throw cannotListen(options, "the web server did not start: " + failed, failed);
        }
    }

    private static ControlPlaneException cannotListen(Options options, String reason, @Nullable Throwable cause) {
        return new ControlPlaneException(
                "cannot listen on " + options.host() + ":" + options.port() + ": " + reason, cause);
    }

    private LimitedConnector connector(Options options) {
        var http = new HttpConnectionFactory(configuration());
        var connector = options.tls()
                .map(context -> new LimitedConnector(server, connections, tls(context), http))
                .orElseGet(() -> new LimitedConnector(server, connections, http));
        connector.setPort(options.port());
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(limits.idleTimeout().toMillis());
        return connector;
    }

    private static SslConnectionFactory tls(SSLContext context) {
        var ssl = new SslContextFactory.Server();
        ssl.setSslContext(context);
        return new SslConnectionFactory(ssl, "http/1.1");
    }

    /** As strict as the library can be. Encoded slashes and percent signs are left to {@link PathPattern}. */
    private HttpConfiguration configuration() {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(LONGEST_HEAD);
        http.setHttpCompliance(HttpCompliance.STRICT);
        http.setUriCompliance(UriCompliance.from(EnumSet.of(
                UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR, UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING)));
        http.setRelativeRedirectAllowed(true);
        return http;
    }

    private void sweepLater() {
        long pause = Math.max(1, limits.headerTimeout().toMillis() / SWEEPS_IN_HEADER_TIMEOUT);
        server.getScheduler().schedule(this::sweep, pause, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        try {
            connections.closeLate();
        } finally {
            if (server.isRunning()) {
                sweepLater();
            }
        }
    }

    /** Asks {@link ConnectionLimits} on the thread that accepts, before anything is set up for a connection. */
    private static final class LimitedConnector extends ServerConnector {
        private final ConnectionLimits connections;

        private LimitedConnector(Server server, ConnectionLimits connections, ConnectionFactory... protocols) {
            super(server, 1, 1, protocols);
            this.connections = connections;
            addBean(connections);
        }

        @Override
        public void accept(int acceptor) throws IOException {
            if (getTransport() instanceof ServerSocketChannel listening) {
                take(listening.accept());
            }
        }

        private void take(SocketChannel channel) throws IOException {
            boolean handedOver = false;
            try {
                if (connections.admit(channel)) {
                    channel.configureBlocking(false);
                    configure(channel.socket());
                    getSelectorManager().accept(channel);
                    handedOver = true;
                }
            } finally {
                if (!handedOver) {
                    connections.forget(channel);
                    channel.close();
                }
            }
        }
    }

    /** Where requests come in. */
    private final class Entrance extends org.eclipse.jetty.server.Handler.Abstract {
        private final Handler handler;

        private Entrance(Handler handler) {
            super(InvocationType.BLOCKING);
            this.handler = handler;
        }

        @Override
        public boolean handle(
                org.eclipse.jetty.server.Request request,
                org.eclipse.jetty.server.Response response,
                Callback callback) {
            Connection connection = request.getConnectionMetaData().getConnection();
            connections.begun(connection);
            request.addIdleTimeoutListener(idle -> false);
            var exchange = new JettyExchange(request, response, limits, () -> connections.answered(connection));
            try {
                if (isFramed(request)) {
                    handler.handle(exchange.request(), exchange);
                } else {
                    ErrorAnswers.send(exchange, unframed());
                }
                exchange.end();
                callback.succeeded();
            } catch (IOException | RuntimeException gone) {
                LOG.debug("A connection ends in the middle of an answer", gone);
                callback.failed(gone);
            } finally {
                exchange.release();
            }
            return true;
        }
    }

    /**
     * Whether every HTTP parser finds the same end of the body. The library ignores a coding that is listed before chunked,
     * and takes chunks in HTTP/1.0, where a proxy in front may not know them.
     */
    private static boolean isFramed(org.eclipse.jetty.server.Request request) {
        var codings = request.getHeaders().getFields(HttpHeader.TRANSFER_ENCODING);
        boolean chunked = codings.size() == 1 && codings.getFirst().getValue().equalsIgnoreCase("chunked");
        boolean current = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1;
        return codings.isEmpty() || (chunked && current);
    }

    private static Problem unframed() {
        return new Problem(400, "the only Transfer-Encoding is chunked, once, in HTTP/1.1")
                .header("Connection", "close");
    }

    /** Answers what the library refuses before a handler sees it: what is not HTTP, or not as it is wanted here. */
    private static boolean refuse(
            org.eclipse.jetty.server.Request request, org.eclipse.jetty.server.Response response, Callback callback) {
        Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
        var problem = new Problem(
                response.getStatus(), message == null ? ReasonPhrase.of(response.getStatus()) : message.toString());
        SecurityHeaders.set((name, value) -> response.getHeaders().put(name, value));
        response.getHeaders().put("Content-Type", "application/problem+json");
        response.getHeaders().put("Connection", "close");
        response.write(true, ByteBuffer.wrap(Json.write(problem.document())), callback);
        return true;
    }

    int port() {
        return connector.getLocalPort();
    }

    /** Stops taking requests, gives those under way five seconds, and interrupts what is left. Idempotent. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception slow) {
            LOG.warn("Not all requests ended within {} s of the stop", GRACE.toSeconds(), slow);
        }
        connector.close();
        virtualThreads.shutdownNow();
    }
}
