package dev.signalbox.testing.simulator;

import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A simulated SMS provider: nothing is ever sent to anyone. It takes {@code POST /send} with
 * {@code {"phone_number": …, "content": …}} and a bearer token, honours {@code Idempotency-Key}, misbehaves as told, and
 * counts. Thread-safe.
 *
 * <p>Beside it, without a token and therefore meant for a loopback address: {@code GET /stats},
 * {@code GET /messages?limit=}, {@code GET} and {@code POST /behaviour}, {@code POST} or {@code DELETE /reset},
 * {@code GET /health}.
 */
public final class SmsSimulator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmsSimulator.class);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final int LARGEST_REQUEST = 256 * 1024;
    private static final int MOST_LISTED = 10_000;

    private final Ledger ledger;
    private final SmsProvider provider;
    private final WebServer server;
    private final boolean secure;
    private final String host;
    private volatile Behaviour behaviour;

    private SmsSimulator(SmsSimulatorOptions options) {
        behaviour = options.behaviour();
        ledger = new Ledger(options.limit(), options.keyLifetime(), InstantSource.system());
        provider = new SmsProvider(options.token(), ledger, this::behaviour);
        secure = options.tls().isPresent();
        host = options.host();
        server = listen(options).start();
    }

    /**
     * Starts listening.
     *
     * @throws RuntimeException if the address cannot be bound
     */
    public static SmsSimulator start(SmsSimulatorOptions options) {
        var simulator = new SmsSimulator(options);
        LOG.info("SIMULATED SMS provider (nothing is sent to anyone) takes messages at {}", simulator.sendUrl());
        return simulator;
    }

    private WebServer listen(SmsSimulatorOptions options) {
        var builder = WebServer.builder()
                .host(options.host())
                .port(options.port())
                .shutdownHook(false)
                .maxPayloadSize(LARGEST_REQUEST)
                .shutdownGracePeriod(Duration.ofMillis(100))
                .addProtocol(Http1Config.builder().validateRequestHeaders(false).build())
                .routing(this::routes);
        options.tls()
                .ifPresent(
                        context -> builder.tls(Tls.builder().sslContext(context).build()));
        return builder.build();
    }

    private void routes(HttpRouting.Builder routing) {
        routing.post("/send", provider::send)
                .get("/stats", (request, response) -> json(response, labelledStats()))
                .get("/messages", (request, response) -> json(response, messages(limit(request))))
                .get("/behaviour", (request, response) -> json(response, BehaviourChange.of(behaviour)))
                .post("/behaviour", this::change)
                .post("/reset", this::reset)
                .delete("/reset", this::reset)
                .get("/health", (request, response) -> json(response, Map.of("status", "healthy", "simulator", "sms")))
                .error(IllegalArgumentException.class, (request, response, e) -> refuse(response, e))
                .error(JacksonException.class, (request, response, e) -> refuse(response, e));
    }

    private ObjectNode labelledStats() {
        ObjectNode node =
                JSON.createObjectNode().put("simulator", "sms").put("note", "simulated: no message was sent to anyone");
        ObjectNode counts = JSON.valueToTree(stats());
        return node.setAll(counts);
    }

    private static int limit(ServerRequest request) {
        int limit = request.query().first("limit").map(Integer::parseInt).orElse(100);
        if (limit < 1 || limit > MOST_LISTED) {
            throw new IllegalArgumentException("limit is not in 1.." + MOST_LISTED);
        }
        return limit;
    }

    private synchronized void change(ServerRequest request, ServerResponse response) {
        behaviour = JSON.readValue(request.content().as(byte[].class), BehaviourChange.class)
                .applyTo(behaviour);
        LOG.info("SIMULATED SMS provider now behaves as {}", behaviour);
        json(response, BehaviourChange.of(behaviour));
    }

    private void reset(ServerRequest request, ServerResponse response) {
        reset();
        response.status(Status.NO_CONTENT_204).send();
    }

    private static void refuse(ServerResponse response, Exception failure) {
        response.status(Status.BAD_REQUEST_400);
        json(response, Map.of("error", String.valueOf(failure.getMessage())));
    }

    private static void json(ServerResponse response, Object body) {
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(JSON.writeValueAsBytes(body));
    }

    public int port() {
        return server.port();
    }

    /** Where a client posts its messages. */
    public URI sendUrl() {
        return url("/send");
    }

    /** The URL of one of the routes. */
    public URI url(String path) {
        return URI.create((secure ? "https://" : "http://") + host + ":" + port() + path);
    }

    public SmsStats stats() {
        return provider.stats();
    }

    /** The messages accepted last, the newest first. */
    public List<AcceptedMessage> messages(int limit) {
        return ledger.newest(limit);
    }

    public Behaviour behaviour() {
        return behaviour;
    }

    /** Takes effect with the next request. */
    public synchronized void behave(Behaviour changed) {
        behaviour = changed;
    }

    /** Forgets everything that was counted and accepted; the behaviour stays. */
    public void reset() {
        provider.reset();
    }

    /** Stops listening; requests that wait are cut. */
    @Override
    public void close() {
        provider.close();
        server.stop();
    }
}
