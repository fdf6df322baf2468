package dev.signalbox.server.node;

import dev.signalbox.database.Database;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.server.clients.ClientDirectory;
import dev.signalbox.server.clients.ClientDirectory.ConnectedClient;
import dev.signalbox.server.clients.ClientRoutes;
import dev.signalbox.server.configuration.Configuration;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.console.ConsoleFeature;
import dev.signalbox.server.delivery.DeliveryFeature;
import dev.signalbox.server.maintenance.MaintenanceFeature;
import dev.signalbox.server.observatory.ObservatoryFeature;
import dev.signalbox.server.rest.Authorizer;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Principal;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.sessions.SessionsFeature;
import dev.signalbox.server.topics.TopicsFeature;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The features that speak REST on a free port, over a real queue in SQLite, with a real HTTP client for them. Tokens are the
 * names of roles in lower case. The SMS provider answers what the test wants, and nothing is dispatched but by
 * {@link #dispatch}.
 */
public final class RunningControlPlane implements AutoCloseable {
    public static final JsonMapper JSON = JsonMapper.shared();
    public static final String SMS = "sms:+61491570006";

    /** How a test's control plane differs from the usual one. */
    public record Setup(
            ControlPlane.Options options,
            Optional<ControlPlane.Bounds> bounds,
            UnaryOperator<DeliveryQueue> queue,
            Authorizer authorizer,
            List<String> settings) {
        public static final Setup USUAL = new Setup(
                ControlPlane.Options.local(0),
                Optional.empty(),
                UnaryOperator.identity(),
                RunningControlPlane::principal,
                List.of());

        public Setup withOptions(ControlPlane.Options others) {
            return new Setup(others, bounds, queue, authorizer, settings);
        }

        public Setup withBounds(int body, long bulk) {
            return new Setup(options, Optional.of(new ControlPlane.Bounds(body, bulk)), queue, authorizer, settings);
        }

        /** Puts another queue before the real one. */
        public Setup withQueue(UnaryOperator<DeliveryQueue> bend) {
            return new Setup(options, bounds, bend, authorizer, settings);
        }

        public Setup withAuthorizer(Authorizer other) {
            return new Setup(options, bounds, queue, other, settings);
        }

        /** More of them, as {@code key=value}. */
        public Setup withSettings(String... more) {
            return new Setup(options, bounds, queue, authorizer, List.of(more));
        }
    }

    public final List<ConnectedClient> clients = new ArrayList<>();
    public final Database database;
    public final DeliveryQueue queue;
    public final Dispatcher dispatcher;
    public final ControlPlane controlPlane;
    public final List<Route> routes;
    public final Node node;
    public volatile SendResult answer = new SendResult.Accepted(Optional.of("provider-1"));
    private final Closing closing = new Closing();
    private final HttpClient http = HttpClient.newHttpClient();

    public RunningControlPlane(Path folder) {
        this(folder, Setup.USUAL);
    }

    public RunningControlPlane(Path folder, Setup setup) {
        var features = Features.of(
                new MaintenanceFeature(),
                new ObservatoryFeature(),
                new TopicsFeature(),
                new Surroundings(),
                new SessionsFeature(),
                new DeliveryFeature(),
                new ConsoleFeature());
        List<String> settings = new ArrayList<>(List.of(
                "data.folder=" + folder,
                "control.max-requests-per-principal=" + setup.options().limits().maxRequestsPerPrincipal(),
                "session.max-streams=3",
                "session.retention.max-events=100"));
        settings.addAll(setup.settings());
        Configuration configuration = features.load(Optional.empty(), Map.of(), settings);
        node = new Node(configuration.values(NodeSettings::read), closing);
        database = node.database();
        queue = node.queue();
        node.intake(setup.queue().apply(queue));
        closing.add(PlatformMetrics.bind(node.registry()));
        setup.bounds().ifPresent(node::bounds);
        configuration.values(features::parts).forEach(part -> part.start(node));
        dispatcher = node.dispatcher().orElseThrow();
        node.api(new NodeRoutes(node, configuration).api().servedAlways());
        routes = node.apis().stream().flatMap(api -> api.routes().stream()).toList();
        controlPlane = closing.add(ControlPlane.start(
                setup.options(), OpenApi.of(node.apis()), setup.authorizer(), node.prometheus(), Optional.empty()));
    }

    /** The provider, and the clients that a test connects. */
    private final class Surroundings implements Feature {
        @Override
        public String name() {
            return "surroundings";
        }

        @Override
        public Part configure(Reading reading) {
            return node -> {
                node.channels().add(new Phones(new Provider()));
                new ClientRoutes(directory()).addTo(node);
            };
        }
    }

    private record Phones(Sender sender) implements ServedChannel {
        @Override
        public String canonical(String address) {
            if (!address.matches("\\+[1-9]\\d{6,14}")) {
                throw new IllegalArgumentException("'" + address + "' is not a phone number");
            }
            return address;
        }

        @Override
        public Optional<String> refusal(String body) {
            return body.startsWith("far too long") ? Optional.of("is too long for a text message") : Optional.empty();
        }
    }

    /** Answers what the test wants. */
    private final class Provider implements Sender {
        @Override
        public Channel channel() {
            return Channel.SMS;
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

    /** From now on the component's health is this. */
    public void health(String component, Health.Report report) {
        node.health(component, () -> report);
    }

    private static Optional<Principal> principal(String token) {
        return Arrays.stream(Role.values())
                .filter(role -> role.name().toLowerCase(Locale.ROOT).equals(token))
                .findFirst()
                .map(role -> new Principal(token, role));
    }

    private ClientDirectory directory() {
        return new ClientDirectory() {
            @Override
            public int connected() {
                return clients.size();
            }

            @Override
            public List<ConnectedClient> page(String prefix, Optional<String> after, int limit) {
                return clients.stream()
                        .filter(client -> client.id().startsWith(prefix))
                        .filter(client -> after.isEmpty() || client.place().compareTo(after.get()) > 0)
                        .limit(limit)
                        .toList();
            }
        };
    }

    public void connect(String id) {
        clients.add(new ConnectedClient(
                id,
                new UUID(0, clients.size()),
                "127.0.0.1:5000",
                Instant.parse("2026-11-21T09:00:00Z"),
                Optional.empty(),
                Map.of("device", "phone"),
                true,
                Optional.empty()));
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

    public HttpResponse<String> append(String session, String type, String body)
            throws IOException, InterruptedException {
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
        closing.close();
    }
}
