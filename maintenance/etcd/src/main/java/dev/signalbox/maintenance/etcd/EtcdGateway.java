package dev.signalbox.maintenance.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One key of etcd over its JSON gateway, which every etcd since 3.4 serves at {@code /v3} on the port for clients. Thread-safe.
 */
final class EtcdGateway {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int UNAUTHENTICATED = 401;

    private final HttpClient http;
    private final EtcdOptions options;
    private final String key;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile @Nullable String token;

    /** etcd answered, and refused. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final int status;

        RefusedException(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    EtcdGateway(HttpClient http, EtcdOptions options) {
        this.http = http;
        this.options = options;
        this.key = base64(options.key());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** The key's value; empty if there is none. It is the latest that a majority agreed on. */
    Optional<String> get() throws IOException, InterruptedException {
        JsonNode pairs = ask("/v3/kv/range", keyed()).path("kvs");
        return pairs.isEmpty()
                ? Optional.empty()
                : Optional.of(new String(
                        Base64.getDecoder().decode(pairs.get(0).path("value").asString("")), UTF_8));
    }

    void put(String value) throws IOException, InterruptedException {
        ask("/v3/kv/put", keyed().put("value", base64(value)));
    }

    void delete() throws IOException, InterruptedException {
        ask("/v3/kv/deleterange", keyed());
    }

    private ObjectNode keyed() {
        return JSON.createObjectNode().put("key", key);
    }

    /**
     * Watches the key from now on; returns when the watch ends, for whatever reason.
     *
     * @param changed called once the watch is in place, and at each change
     */
    void watch(Runnable changed) throws IOException, InterruptedException {
        ObjectNode create = JSON.createObjectNode();
        create.set("create_request", keyed());
        HttpRequest request = request("/v3/watch", create);
        HttpResponse<Stream<String>> answer = http.send(request, BodyHandlers.ofLines());
        try (Stream<String> lines = answer.body()) {
            if (answer.statusCode() != 200) {
                throw refused(answer.statusCode(), lines.findFirst().orElse(""));
            }
            lines.map(EtcdGateway::parse)
                    .takeWhile(line -> line.has("result")
                            && !line.path("result").path("canceled").asBoolean(false))
                    .forEach(line -> changed.run());
        }
    }

    /** Tries another member with the next request. */
    private void turn() {
        turn.incrementAndGet();
    }

    private JsonNode ask(String path, ObjectNode body) throws IOException, InterruptedException {
        try {
            return send(path, body);
        } catch (RefusedException e) {
            if (e.status != UNAUTHENTICATED || options.user().isEmpty()) {
                throw e;
            }
            authenticate();
            return send(path, body);
        }
    }

    /** Tokens expire; a new one is taken when etcd says so. */
    private void authenticate() throws IOException, InterruptedException {
        EtcdOptions.User user = options.user().orElseThrow();
        token = null;
        token = send(
                        "/v3/auth/authenticate",
                        JSON.createObjectNode().put("name", user.name()).put("password", user.password()))
                .path("token")
                .asString("");
    }

    private JsonNode send(String path, ObjectNode body) throws IOException, InterruptedException {
        try {
            HttpResponse<String> answer = http.send(request(path, body), BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw refused(answer.statusCode(), answer.body());
            }
            return parse(answer.body());
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            turn();
            throw e;
        }
    }

    private HttpRequest request(String path, ObjectNode body) {
        URI endpoint = options.endpoints()
                .get(Math.floorMod(turn.get(), options.endpoints().size()));
        var request = HttpRequest.newBuilder(endpoint.resolve(path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(options.timeout())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()));
        Optional.ofNullable(token).ifPresent(known -> request.header("Authorization", known));
        return request.build();
    }

    private RefusedException refused(int status, String body) {
        turn();
        String reason = parse(body).path("message").asString("");
        // Before 3.5, a request without a token got 400, and one with a token that expired 401.
        boolean unauthenticated = status == UNAUTHENTICATED
                || reason.contains("user name is empty")
                || reason.contains("invalid auth token");
        return new RefusedException(
                unauthenticated ? UNAUTHENTICATED : status,
                "etcd refuses with status " + status + (reason.isEmpty() ? "" : ": " + reason));
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException notJson) {
            return JSON.createObjectNode();
        }
    }
}
