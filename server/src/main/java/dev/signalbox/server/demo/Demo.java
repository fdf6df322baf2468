package dev.signalbox.server.demo;

import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.server.clients.ClientTokens;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import dev.signalbox.testing.simulator.AcceptedMessage;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import dev.signalbox.testing.simulator.SmtpMailbox;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import dev.signalbox.testing.simulator.WebhookSimulator;
import dev.signalbox.testing.simulator.WebhookSimulatorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The server of the demo with everything around it: a simulated SMS provider that is slow and sometimes fails, a simulated mail
 * server, a receiver of webhooks, clients that
 * are connected, and messages that go in through the REST API like anybody's.
 */
final class Demo implements AutoCloseable {
    static final int CLIENTS = 8;
    static final String ENDPOINT = "demo";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Behaviour HUMAN = Behaviour.perfect()
            .withLatency(Duration.ofMillis(2), Duration.ofMillis(25))
            .withFault(Fault.SERVER_ERROR, 0.02);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<DemoClient> clients = new ArrayList<>();
    private final SmsSimulator provider;
    private final SmtpSimulator mail;
    private final SmtpMailbox mailbox;
    private final WebhookSimulator receiver;
    private final LlmSimulator model;
    private final Server server;
    private final Secret token;

    /** Starts everything; {@code folder} takes the SQLite file, {@code settings} come on top of the demo's own. */
    Demo(Features features, Path folder, List<String> settings) {
        try {
            provider = add(SmsSimulator.start(SmsSimulatorOptions.defaults().withBehaviour(HUMAN)));
            mail = add(SmtpSimulator.start(SmtpSimulatorOptions.defaults()));
            mailbox = add(SmtpMailbox.of(mail, 0));
            WebhookKey key = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
            receiver = add(
                    WebhookSimulator.start(WebhookSimulatorOptions.defaults().withKeys(List.of(key.verifier()))));
            model = add(LlmSimulator.start(LlmSimulatorOptions.defaults()));
            var secret = new Secret(UUID.randomUUID().toString());
            server = add(
                    Server.start(features, features.load(Optional.empty(), Map.of(), all(folder, secret, settings))));
            token = AdminToken.find(folder).orElseThrow();
            createEndpoint(key);
            connectClients(secret);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private List<String> all(Path folder, Secret secret, List<String> settings) {
        List<String> all = new ArrayList<>(List.of(
                "data.folder=" + folder,
                "clients.jwt.secret=" + secret.value(),
                "delivery.live.concurrency=5000",
                "delivery.live.timeout=10s",
                "delivery.retry.base=200ms",
                "delivery.sms.url=" + provider.sendUrl(),
                "delivery.sms.token=mock-token",
                "delivery.sms.key-lifetime=1d",
                "delivery.email.host=127.0.0.1",
                "delivery.email.port=" + mail.port(),
                "delivery.email.encryption=none",
                "delivery.email.from=demo@example.com",
                "delivery.webhook.plain-http=true",
                "delivery.webhook.allow-ranges=127.0.0.1",
                "llm.models.0.name=demo",
                "llm.models.0.model=demo",
                "llm.models.0.url=" + model.openAi()));
        all.addAll(settings);
        return all;
    }

    private void createEndpoint(WebhookKey key) {
        String endpoint = JSON.createObjectNode()
                .put("url", receiver.url("/events").toString())
                .put("id", ENDPOINT)
                .put("secret", key.secret())
                .toString();
        var _ = ask(request("/api/webhooks/endpoints")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(endpoint))
                .build());
    }

    private void connectClients(Secret secret) {
        Instant expires = Instant.now().plus(Duration.ofDays(1));
        for (int i = 1; i <= CLIENTS; i++) {
            String pass = ClientTokens.mint(secret, "demo-" + i, expires);
            clients.add(add(new DemoClient(http, server.address("clients"), pass)));
        }
    }

    private <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    URI console() {
        return server.controlUri().resolve("console");
    }

    URI clientsUri() {
        return server.address("clients");
    }

    URI providerStats() {
        return provider.url("/stats");
    }

    /** Where the mail can be read that was sent. */
    URI mailbox() {
        return mailbox.url();
    }

    URI receiverStats() {
        return receiver.url("/stats");
    }

    /** The admin's token, for the console. */
    String token() {
        return token.value();
    }

    /** Asks the simulated language model, as a client of the router, and returns the answer's text. */
    String askModel(String question) {
        return clients.getFirst().ask(question);
    }

    /** What the bulk route answered for. */
    record Accepted(long accepted, long duplicates, long refused) {
        Accepted plus(Accepted more) {
            return new Accepted(accepted + more.accepted, duplicates + more.duplicates, refused + more.refused);
        }
    }

    /** Sends messages to the REST API in bulk, as CSV or NDJSON. */
    Accepted send(String contentType, BodyPublisher messages) {
        String answer = ask(request("/api/messages")
                        .header("Content-Type", contentType)
                        .POST(messages)
                        .build())
                .strip();
        JsonNode summary = JSON.readTree(answer.substring(answer.lastIndexOf('\n') + 1));
        return new Accepted(
                summary.path("accepted").asLong(),
                summary.path("duplicates").asLong(),
                summary.path("refused").asLong());
    }

    /** How many messages have which state now. */
    Map<String, Long> states() {
        JsonNode overview = JSON.readTree(ask(request("/api/overview").GET().build()));
        return JSON.convertValue(overview.path("counts").path("byState"), new TypeReference<Map<String, Long>>() {});
    }

    /** How many messages the clients have received and acknowledged. */
    long live() {
        return clients.stream().mapToLong(client -> client.received().size()).sum();
    }

    /** How many text messages the provider has taken. */
    long sms() {
        return provider.stats().accepted();
    }

    /** How many messages the mail server has taken. */
    long email() {
        return mail.stats().accepted();
    }

    /** How many webhooks the receiver has taken, each signed. */
    long webhook() {
        return receiver.stats().accepted();
    }

    /** How many messages reached somebody twice: over one way, or by a client and a text message. */
    long duplicates() {
        Set<String> live = new HashSet<>();
        clients.forEach(client -> live.addAll(client.received()));
        long overTwoWays = provider.messages((int) Math.max(1, sms())).stream()
                .filter(message -> live.contains(id(message)))
                .count();
        long repeated = clients.stream().mapToLong(DemoClient::repeated).sum();
        return repeated
                + provider.stats().duplicatesByContent()
                + mail.stats().duplicates()
                + receiver.stats().duplicates()
                + overTwoWays;
    }

    /** The key of a later step is the message's id with the step's number behind it. */
    private static String id(AcceptedMessage message) {
        String key = message.key().orElse("");
        int dot = key.indexOf('.');
        return dot < 0 ? key : key.substring(0, dot);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.controlUri().resolve(path)).header("Authorization", "Bearer " + token());
    }

    private String ask(HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        request.uri() + " answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Lets the server finish what is in flight, then stops everything. */
    void stop(Duration deadline) throws InterruptedException {
        server.stop(deadline);
        close();
    }

    @Override
    public void close() {
        for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException("stopping the demo failed", e);
            }
        }
        http.shutdownNow();
    }
}
