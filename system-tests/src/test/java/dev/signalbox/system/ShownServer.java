package dev.signalbox.system;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.queue.State;
import dev.signalbox.server.rest.Principal;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.BuildInfo;
import dev.signalbox.server.clients.ClientDirectory;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.delivery.DeliveryMetrics;
import dev.signalbox.server.node.Health;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A control plane over a real queue, with senders whose answers are known beforehand, so that the console has every state
 * to show. Tokens are {@code admin} and {@code reader}. Messages are sent by {@link #dispatch} only.
 */
final class ShownServer implements AutoCloseable {
    static final List<String> CLIENTS = List.of("alice", "bruno", "chiyo", "dmitri", "esra", "warehouse-display-04");

    final DeliveryQueue queue;
    final Dispatcher dispatcher;
    final SessionBus<String> sessions = SessionBus.inMemory(String.class, Retention.ofEvents(5));
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicReference<Duration> past = new AtomicReference<>(Duration.ZERO);
    private final DeliveryMetrics metrics =
            new DeliveryMetrics(registry, () -> Instant.now().minus(past.get()));
    private final Database database;
    private final ControlPlane.Services services;
    private ControlPlane controlPlane;

    ShownServer(Path folder) {
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("queue.db")));
        queue = DeliveryQueue.on(database);
        dispatcher = Dispatcher.builder(queue)
                .sender(new KnownSender(Channel.LIVE))
                .sender(new KnownSender(Channel.SMS))
                .listener(metrics)
                .build();
        services = new ControlPlane.Services(
                queue,
                dispatcher,
                new KnownClients(),
                token -> Stream.of(Role.values())
                        .filter(role -> role.name().equalsIgnoreCase(token))
                        .findFirst()
                        .map(role -> new Principal(token, role)),
                (channel, address) -> address,
                () -> new Health.Report(Map.of("database", Health.UP, "dispatcher", Health.UP), true),
                sessions,
                4,
                metrics,
                registry,
                new BuildInfo("0.1.0", "2026-11-21T00:00:00Z", "0123abc"));
        remember();
        controlPlane = ControlPlane.start(ControlPlane.Options.local(0), services, InstantSource.system());
    }

    /** The body says what the provider will do; a live delivery needs a connected client. */
    private record KnownSender(Channel channel) implements Sender {
        @Override
        public SendResult send(Delivery delivery) {
            if (channel.equals(Channel.LIVE)) {
                return CLIENTS.contains(delivery.address())
                        ? new SendResult.Accepted(Optional.empty())
                        : new SendResult.Rejected(delivery.address() + " is not connected");
            }
            return switch (delivery.headers().getOrDefault("provider", "accepts")) {
                case "rejects" -> new SendResult.Rejected("the provider refused it: the number is barred");
                case "hangs" -> new SendResult.Unknown("the provider did not answer within 5s");
                case "busy" -> new SendResult.NotSent("the provider answered 503", Optional.empty());
                default ->
                    new SendResult.Accepted(
                            Optional.of("msg_" + delivery.id().toString().substring(24)));
            };
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(5);
        }

        @Override
        public int concurrency() {
            return 4;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ZERO;
        }
    }

    /** Two minutes of traffic for the chart, calm with one burst. */
    private void remember() {
        for (int second = 119; second > 0; second--) {
            past.set(Duration.ofSeconds(second));
            int burst = second > 50 && second < 74 ? 22 - Math.abs(62 - second) : 0;
            metrics.accepted(6 + second * 7 % 5 + burst);
            IntStream.range(0, 6 + second * 11 % 4 + burst * 3 / 4)
                    .forEach(i -> metrics.completed(Channel.SMS, State.SENT));
            IntStream.range(0, second % 17 == 0 ? 2 : 0).forEach(i -> metrics.completed(Channel.SMS, State.DEAD));
        }
        past.set(Duration.ZERO);
    }

    private static final class KnownClients implements ClientDirectory {
        private final Instant since = Instant.now().minusSeconds(4000);

        @Override
        public int connected() {
            return CLIENTS.size();
        }

        @Override
        public List<ConnectedClient> page(Optional<String> after, int limit) {
            return IntStream.range(0, CLIENTS.size())
                    .limit(limit)
                    .mapToObj(this::client)
                    .toList();
        }

        private ConnectedClient client(int i) {
            return new ConnectedClient(
                    CLIENTS.get(i),
                    "192.0.2." + (10 + i) + ":" + (51_000 + 37 * i),
                    since.plusSeconds(600L * i),
                    i % 3 == 2 ? Optional.empty() : Optional.of(Instant.now().minusSeconds(7L * i + 2)),
                    i % 2 == 0 ? Map.of("device", "phone") : Map.of());
        }
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + controlPlane.port() + path);
    }

    /** Enqueues a message as if it came through REST. */
    UUID enqueue(Reach.Builder reach) {
        metrics.accepted(1);
        return queue.enqueue(reach.build()).id();
    }

    /** Sends what is due. */
    void dispatch() {
        while (!dispatcher.runOnce().isIdle()) {
            Thread.onSpinWait();
        }
    }

    /** Goes away, as a server does that is restarted. */
    void vanish() {
        controlPlane.close();
    }

    /** Comes back where it was. */
    void returnAt(int port) {
        controlPlane = ControlPlane.start(ControlPlane.Options.local(port), services, InstantSource.system());
    }

    @Override
    public void close() {
        controlPlane.close();
        dispatcher.close();
        sessions.close();
        database.close();
    }
}
