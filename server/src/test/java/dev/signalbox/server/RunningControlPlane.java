package dev.signalbox.server;

import dev.signalbox.server.clients.ClientDirectory;
import dev.signalbox.server.rest.BuildInfo;
import dev.signalbox.server.rest.Authorizer;
import dev.signalbox.server.delivery.DeliveryMetrics;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.node.Health;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.server.rest.Principal;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.clients.ClientDirectory.ConnectedClient;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A control plane on a free port, over a real queue in SQLite, with a real HTTP client for it. Tokens are the names of
 * roles in lower case. Nothing is dispatched but by {@link #dispatch}.
 */
public final class RunningControlPlane implements AutoCloseable {
    public static final JsonMapper JSON = JsonMapper.shared();
    public static final String SMS = "sms:+61491570006";

    public final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    public final List<ConnectedClient> clients = new ArrayList<>();
    public final Database database;
    public final DeliveryQueue queue;
    public final SessionBus<String> sessions = SessionBus.builder(SessionStore.inMemory(Retention.ofEvents(100)), Codec.text())
            .build();
    public final Dispatcher dispatcher;
    public final ControlPlane.Services services;
    public final ControlPlane controlPlane;
    public volatile Health.Report health = new Health.Report(Map.of("database", Health.UP), true);
    public volatile SendResult answer = new SendResult.Accepted(Optional.of("provider-1"));
    private final HttpClient http = HttpClient.newHttpClient();

    public RunningControlPlane(Path folder) {
        this(folder, ControlPlane.Options.local(0), UnaryOperator.identity());
    }

    /** {@code bend} puts another queue before the real one. */
    public RunningControlPlane(Path folder, ControlPlane.Options options, UnaryOperator<DeliveryQueue> bend) {
        this(folder, options, bend, RunningControlPlane::principal);
    }

    public RunningControlPlane(
            Path folder, ControlPlane.Options options, UnaryOperator<DeliveryQueue> bend, Authorizer authorizer) {
        var metrics = new DeliveryMetrics(registry, InstantSource.system());
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("queue.db")));
        queue = DeliveryQueue.on(database);
        dispatcher = Dispatcher.builder(queue)
                .sender(new Provider(Channel.SMS))
                .listener(metrics)
                .build();
        services = new ControlPlane.Services(
                bend.apply(queue),
                dispatcher,
                directory(),
                authorizer,
                RunningControlPlane::canonical,
                () -> health,
                sessions,
                3,
                metrics,
                registry,
                new BuildInfo("1.2.3", "2026-11-21T00:00:00Z", "abc1234"));
        controlPlane = ControlPlane.start(options, services, InstantSource.system());
    }

    /** Answers what the test wants. */
    private final class Provider implements Sender {
        private final Channel channel;

        private Provider(Channel channel) {
            this.channel = channel;
        }

        @Override
        public Channel channel() {
            return channel;
        }

        @Override
        public SendResult send(Delivery delivery) {
            return answer;
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(1);
        }

        @Override
        public int concurrency() {
            return 1;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ZERO;
        }
    }

    /** Sends what is due, with this answer from the provider. */
    public void dispatch(SendResult wanted) {
        answer = wanted;
        dispatcher.runOnce();
    }

    private static Optional<Principal> principal(String token) {
        return Arrays.stream(Role.values())
                .filter(role -> role.name().toLowerCase(Locale.ROOT).equals(token))
                .findFirst()
                .map(role -> new Principal(token, role));
    }

    private static String canonical(Channel channel, String address) {
        if (channel.equals(Channel.SMS) && !address.matches("\\+[1-9]\\d{6,14}")) {
            throw new IllegalArgumentException("'" + address + "' is not a phone number");
        }
        return address;
    }

    private ClientDirectory directory() {
        return new ClientDirectory() {
            @Override
            public int connected() {
                return clients.size();
            }

            @Override
            public List<ConnectedClient> page(Optional<String> after, int limit) {
                return clients.stream()
                        .filter(client -> after.isEmpty() || client.id().compareTo(after.get()) > 0)
                        .limit(limit)
                        .toList();
            }
        };
    }

    public void connect(String id) {
        clients.add(new ConnectedClient(
                id,
                "127.0.0.1:5000",
                Instant.parse("2026-11-21T09:00:00Z"),
                Optional.empty(),
                Map.of("device", "phone")));
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + controlPlane.port() + path);
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer admin");
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    public HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.noBody()));
    }

    public HttpResponse<String> post(String type, BodyPublisher body) throws IOException, InterruptedException {
        return send(request("/api/messages").header("Content-Type", type).POST(body));
    }

    public HttpResponse<String> append(String session, String type, String body) throws IOException, InterruptedException {
        return send(request("/api/sessions/" + session + "/events")
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body)));
    }

    public HttpResponse<String> enqueue(String json) throws IOException, InterruptedException {
        return post("application/json", BodyPublishers.ofString(json));
    }

    /** Enqueues a message and returns its id. */
    public String enqueued(String to) throws IOException, InterruptedException {
        return json(enqueue("{\"to\":\"" + to + "\",\"body\":\"hello\"}"))
                .get("id")
                .stringValue();
    }

    public List<JsonNode> bulk(String type, String body) throws IOException, InterruptedException {
        return lines(post(type, BodyPublishers.ofString(body)));
    }

    public static List<JsonNode> lines(HttpResponse<String> response) {
        return response.body().lines().map(JSON::readTree).toList();
    }

    public static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    /** "field: message" for each thing that a problem document names. */
    public static List<String> errors(HttpResponse<String> response) {
        return json(response).get("errors").values().stream()
                .map(error -> error.get("field").stringValue() + ": "
                        + error.get("message").stringValue())
                .toList();
    }

    @Override
    public void close() {
        http.close();
        controlPlane.close();
        sessions.close();
        dispatcher.close();
        database.close();
    }
}
