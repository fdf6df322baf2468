package dev.signalbox.server.node;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.server.clients.ClientDirectory;
import dev.signalbox.server.clients.ClientRoutes;
import dev.signalbox.server.cluster.ClusterFeature;
import dev.signalbox.server.configuration.Configuration;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.console.ConsoleFeature;
import dev.signalbox.server.delivery.DeliveryFeature;
import dev.signalbox.server.delivery.DeliveryMetrics;
import dev.signalbox.server.maintenance.MaintenanceFeature;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Principal;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.sessions.SessionsFeature;
import dev.signalbox.server.topics.TopicsFeature;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The features that the console shows, over a real queue, with senders whose answers are known beforehand, so that there is
 * every state to show. Tokens are {@code admin} and {@code reader}. Messages are sent by {@link #dispatch} only.
 */
public final class ShownServer implements AutoCloseable {
    static final List<String> CLIENTS = List.of("alice", "bruno", "chiyo", "dmitri", "esra", "warehouse-display-04");

    public final DeliveryQueue queue;
    public final Dispatcher dispatcher;
    private final AtomicReference<Duration> past = new AtomicReference<>(Duration.ZERO);
    private final DeliveryMetrics metrics =
            new DeliveryMetrics(new SimpleMeterRegistry(), () -> Instant.now().minus(past.get()));
    private final Closing closing = new Closing();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Node node;
    /** Stays when the shown one vanishes, so that something can happen meanwhile. */
    private final ControlPlane behind;

    private ControlPlane shown;

    public ShownServer(Path folder) {
        var features = Features.of(
                new MaintenanceFeature(),
                new Surroundings(),
                new TopicsFeature(),
                new SessionsFeature(),
                new DeliveryFeature(it -> metrics),
                new ConsoleFeature());
        Configuration configuration = features.load(
                Optional.empty(),
                Map.of(),
                List.of("data.folder=" + folder, "session.retention.max-events=5", "session.max-streams=4"));
        node = new Node(configuration.values(NodeSettings::read), closing);
        configuration.values(features::parts).forEach(part -> part.start(node));
        queue = node.queue();
        dispatcher = node.dispatcher().orElseThrow();
        node.api(new NodeRoutes(node, configuration).api().servedAlways());
        publish("news", "Platform 9 is closed until noon");
        remember();
        behind = closing.add(controlPlane(0));
        shown = controlPlane(0);
    }

    private ControlPlane controlPlane(int port) {
        return ControlPlane.start(
                ControlPlane.Options.local(port),
                OpenApi.of(node.apis()),
                token -> Stream.of(Role.values())
                        .filter(role -> role.name().equalsIgnoreCase(token))
                        .findFirst()
                        .map(role -> new Principal(token, role)),
                node.prometheus(),
                Optional.empty());
    }

    /** The provider and the clients. */
    private static final class Surroundings implements Feature {
        @Override
        public String name() {
            return "surroundings";
        }

        @Override
        public Part configure(Reading reading) {
            return node -> {
                node.channels().add(new Known(new KnownSender(Channel.LIVE)));
                node.channels().add(new Known(new KnownSender(Channel.SMS)));
                new ClientRoutes(new KnownClients()).addTo(node);
                node.api(new Api(
                        List.of(Route.read("/api/cluster", (request, response) -> Json.send(response, cluster()))),
                        OpenApi.part(ClusterFeature.class)));
            };
        }
    }

    /** Three nodes, of which one drains, and a problem to show. */
    private static Map<String, Object> cluster() {
        return Map.of(
                "link",
                "redis",
                "problem",
                "Redis does not answer; clients of other nodes cannot be reached",
                "nodes",
                List.of(
                        clusterNode("north", true, false, 4),
                        clusterNode("south", false, false, 2),
                        clusterNode("west", false, true, 0)));
    }

    private static Map<String, Object> clusterNode(String name, boolean self, boolean draining, int clients) {
        return Map.of(
                "id",
                UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
                "name",
                name,
                "self",
                self,
                "since",
                Instant.now().minusSeconds(300),
                "silent",
                self ? 0 : 2_500,
                "draining",
                draining,
                "clients",
                clients,
                "logics",
                draining ? List.of() : List.of("exec", "llm"));
    }

    private record Known(Sender sender) implements ServedChannel {
        @Override
        public String canonical(String address) {
            return address;
        }
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
                    .forEach(i -> metrics.completed(Channel.SMS, MessageState.SENT));
            IntStream.range(0, second % 17 == 0 ? 2 : 0)
                    .forEach(i -> metrics.completed(Channel.SMS, MessageState.DEAD));
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
        public List<ConnectedClient> page(String prefix, Optional<String> after, int limit) {
            return IntStream.range(0, CLIENTS.size())
                    .limit(limit)
                    .mapToObj(this::client)
                    .filter(client -> client.id().startsWith(prefix))
                    .toList();
        }

        private ConnectedClient client(int i) {
            return new ConnectedClient(
                    CLIENTS.get(i),
                    new UUID(0, i),
                    "192.0.2." + (10 + i) + ":" + (51_000 + 37 * i),
                    since.plusSeconds(600L * i),
                    i % 3 == 2 ? Optional.empty() : Optional.of(Instant.now().minusSeconds(7L * i + 2)),
                    i % 2 == 0 ? Map.of("device", "phone") : Map.of(),
                    true,
                    Optional.of(i < 4 ? "north" : "south"));
        }
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + shown.port() + path);
    }

    /** Publishes to a topic, which keeps it. */
    public void publish(String topic, String text) {
        Message message = Message.of(Address.logic("announcer"), Address.topic(topic), Payload.text(text));
        if (!node.router().send(message).complete()) {
            throw new IllegalStateException("the topic did not take it");
        }
    }

    /** Appends an event to a session, whether the shown control plane is there or not. */
    public void append(String session, String event) {
        post("/api/sessions/" + session + "/events", event);
    }

    /** Enqueues a batch, as JSON. */
    public void createBatch(String batch) {
        post("/api/batches", batch);
    }

    private void post(String path, String json) {
        var request = HttpRequest.newBuilder(behind.uri().resolve(path))
                .header("Authorization", "Bearer admin")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 201) {
                throw new IllegalStateException(answer.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Enqueues a message as if it came through REST. */
    public UUID enqueue(Reach.Builder reach) {
        metrics.accepted(1);
        return queue.enqueue(reach.build()).id();
    }

    /** Sends what is due. */
    public void dispatch() {
        while (!dispatcher.runOnce().isIdle()) {
            Thread.onSpinWait();
        }
    }

    /** Goes away, as a server does that is restarted. */
    public void vanish() {
        shown.close();
    }

    /** Comes back where it was. */
    public void returnAt(int port) {
        shown = controlPlane(port);
    }

    @Override
    public void close() {
        shown.close();
        http.close();
        closing.close();
    }
}
