package dev.signalbox.server.node;

import dev.signalbox.server.clients.RouterDirectory;
import dev.signalbox.server.sessions.Sessions;
import dev.signalbox.server.exec.CommandSender;
import dev.signalbox.server.delivery.LiveSender;
import dev.signalbox.server.exec.ExecMetrics;
import dev.signalbox.server.observatory.ShippedLog;

import dev.signalbox.database.Database;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.sms.HttpSmsSender;
import dev.signalbox.endpoint.netty.WebSocketEndpoint;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterListener;
import dev.signalbox.server.rest.ControlTokens;
import dev.signalbox.server.config.ServerConfig;
import dev.signalbox.server.sessions.ClientSessions;
import dev.signalbox.server.exec.ExecLogic;
import dev.signalbox.server.llm.LlmLogic;
import dev.signalbox.server.llm.LlmMetrics;
import dev.signalbox.server.llm.LlmModels;
import dev.signalbox.server.observatory.LogContexts;
import dev.signalbox.server.sessions.SessionLogic;
import dev.signalbox.server.rest.BuildInfo;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.delivery.DeliveryMetrics;

import dev.signalbox.session.bus.SessionBus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node: router, clients' port, queue, dispatcher and control plane, put together from one configuration. Thread-safe.
 *
 * <p>It is up when {@link #start} returns. {@link #stop} lets what is in flight finish; {@link #close} is the stop for the
 * impatient. Either way nothing durable is lost: what was not finished is in the database.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final Parts parts = new Parts();
    private final Optional<ShippedLog> log;
    private final Database database;
    private final Dispatcher dispatcher;
    private final Endpoint clients;
    private final ControlPlane control;
    private final boolean secureControl;
    private final String controlHost;
    private volatile boolean stopping;

    private Server(ServerConfig config) {
        try {
            secureControl = config.control().tls().isPresent();
            controlHost = config.control().host();
            var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            var metrics = new DeliveryMetrics(registry, InstantSource.system());
            log = config.logShipping().map(shipping -> parts.add(ShippedLog.open(shipping, registry)));
            database = parts.add(Startup.openDatabase(config));
            DeliveryQueue queue = DeliveryQueue.on(database);
            SessionBus<String> sessions = parts.add(Sessions.open(config.session(), database, registry))
                    .bus();
            var sessionLogic = new SessionLogic(
                    sessions, new ClientSessions(config.session().clientSessions()));
            var execLogic = parts.add(new ExecLogic(config.exec(), new ExecMetrics(registry)));
            Optional<LlmLogic> llm = LlmModels.client(config.llm(), new LlmMetrics(registry))
                    .map(models -> new LlmLogic(
                            models, config.llm().concurrency(), config.llm().concurrencyPerClient()));
            var departures =
                    new Departures(Stream.<RouterListener>concat(Stream.of(sessionLogic, execLogic), llm.stream())
                            .toList());
            Router router = parts.add(Router.create(Wiring.router(config), departures, InstantSource.system()));
            log.map(ShippedLog::contexts).ifPresent(router::onReceive);
            router.add(SessionLogic.NAME, LogContexts.around(sessionLogic.logic()));
            execLogic.logic().ifPresent(it -> router.add(ExecLogic.NAME, LogContexts.around(it)));
            llm.ifPresent(it ->
                    router.add(LlmLogic.NAME, LogContexts.around(parts.add(it).logic())));
            dispatcher = parts.add(dispatcher(config, queue, router, metrics, registry));
            clients = WebSocketEndpoint.create(
                    Wiring.endpoint(config), Wiring.authenticator(config, InstantSource.system()));
            router.attach(clients);
            var services = new ControlPlane.Services(
                    queue,
                    dispatcher,
                    new RouterDirectory(router),
                    ControlTokens.of(config.auth(), config.dataFolder())::identify,
                    new ServedAddresses(config.sms(), config.commandSending().map(own -> new Channel(own.channel()))),
                    this::health,
                    sessions,
                    config.session().maxStreams(),
                    metrics,
                    registry,
                    buildInfo(),
                    log.map(ShippedLog::filter));
            control = parts.add(ControlPlane.start(Wiring.control(config), services, InstantSource.system()));
            dispatcher.start();
        } catch (RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    /**
     * Starts a node; when this returns, it takes clients and requests.
     *
     * @throws StartupException in words for the operator, if anything it needs is not to be had
     */
    public static Server start(ServerConfig config) {
        if (config.auth().disabled()) {
            LOG.warn(
                    "AUTHENTICATION IS OFF: everyone who reaches {}:{} may do everything. Remove auth.disabled to turn it on",
                    config.control().host(),
                    config.control().port());
        }
        var server = Startup.explaining(config, () -> new Server(config));
        LOG.info(
                "ready: clients at {}, control plane at {}, console at {}console",
                server.clientsUri(),
                server.controlUri(),
                server.controlUri());
        return server;
    }

    private Dispatcher dispatcher(
            ServerConfig config, DeliveryQueue queue, Router router, DeliveryMetrics metrics, MeterRegistry registry) {
        var builder = Dispatcher.builder(queue)
                .options(Wiring.dispatch(config.delivery()))
                .listener(metrics)
                .sender(new LiveSender(
                        router,
                        config.delivery().liveTimeout(),
                        config.delivery().liveConcurrency()));
        config.sms().ifPresent(options -> builder.sender(parts.add(new HttpSmsSender(options))));
        config.commandSending()
                .ifPresent(options -> builder.sender(new CommandSender(options, new ExecMetrics(registry))));
        return builder.build();
    }

    public static BuildInfo buildInfo() {
        return Build.info();
    }

    /** Where REST, console, health and metrics are. */
    public URI controlUri() {
        String host = controlHost.equals("0.0.0.0") ? "127.0.0.1" : controlHost;
        return URI.create((secureControl ? "https" : "http") + "://" + host + ":" + control.port() + "/");
    }

    /** Where clients connect. */
    public URI clientsUri() {
        return clients.address();
    }

    private Health.Report health() {
        Health store = database.health().isEmpty() ? Health.UP : Health.DOWN;
        Health dispatch = switch (dispatcher.health().level()) {
            case UP -> Health.UP;
            case DEGRADED -> Health.DEGRADED;
            case DOWN -> Health.DOWN;
        };
        Map<String, Health> components = new HashMap<>(Map.of("database", store, "dispatcher", dispatch));
        log.ifPresent(it -> components.put("observatory", it.health()));
        return new Health.Report(components, !stopping && store == Health.UP);
    }

    /**
     * Stops: not ready any more, no new clients, nothing more is claimed, what is in flight finishes, clients are told to
     * reconnect elsewhere.
     *
     * @return whether all that was in flight finished before the deadline
     */
    public boolean stop(Duration deadline) throws InterruptedException {
        stopping = true;
        clients.stopAccepting();
        boolean quiet = dispatcher.drain(deadline);
        if (!quiet) {
            LOG.warn("not all deliveries in flight ended within {}; the rest goes on after the next start", deadline);
        }
        close();
        return quiet;
    }

    /** Stops without waiting for what is in flight. Idempotent. */
    @Override
    public void close() {
        stopping = true;
        parts.close();
    }

    /** Runs until the port, the pool and the rest are closed, in the reverse order of their opening. */
    private static final class Parts implements AutoCloseable {
        private final java.util.ArrayDeque<AutoCloseable> open = new java.util.ArrayDeque<>();

        synchronized <T extends AutoCloseable> T add(T part) {
            open.push(part);
            return part;
        }

        @Override
        public synchronized void close() {
            for (Optional<AutoCloseable> part = next(); part.isPresent(); part = next()) {
                try {
                    part.get().close();
                } catch (Exception e) {
                    LOG.warn("closing {} failed", part.get().getClass().getSimpleName(), e);
                }
            }
        }

        private Optional<AutoCloseable> next() {
            return Optional.ofNullable(open.poll());
        }
    }
}
