package dev.signalbox.ha.etcd;

import dev.signalbox.ha.lease.LeaseException;
import dev.signalbox.ha.lease.LeaseStoreUnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Requests to etcd's JSON gateway, at the endpoint that answered last, or the next. Thread-safe. */
final class Gateway {
    static final JsonMapper JSON = JsonMapper.builder().build();

    /** gRPC's DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE and UNKNOWN: the request may have been executed. */
    private static final Set<Integer> PASSING = Set.of(2, 4, 13, 14);

    private static final int UNAUTHENTICATED = 16;

    private final HttpClient client;
    private final List<URI> endpoints;
    private final Optional<EtcdCredentials> credentials;
    private final Duration timeout;
    private final AtomicInteger current = new AtomicInteger();
    private volatile @Nullable String token;

    Gateway(HttpClient client, List<URI> endpoints, Optional<EtcdCredentials> credentials, Duration timeout) {
        this.client = client;
        this.endpoints = List.copyOf(endpoints);
        this.credentials = credentials;
        this.timeout = timeout;
    }

    /** Answers with what etcd said; a token that ran out is replaced once. */
    JsonNode post(String path, ObjectNode body) {
        if (credentials.isPresent() && token == null) {
            authenticate(credentials.get());
        }
        HttpResponse<String> response = send(path, body);
        if (credentials.isPresent() && code(response) == UNAUTHENTICATED) {
            authenticate(credentials.get());
            response = send(path, body);
        }
        return checked(response);
    }

    private void authenticate(EtcdCredentials who) {
        token = null;
        ObjectNode body = JSON.createObjectNode().put("name", who.user()).put("password", who.password());
        token = checked(send("/v3/auth/authenticate", body)).path("token").asString("");
    }

    private HttpResponse<String> send(String path, ObjectNode body) {
        IOException refused = new IOException("not tried");
        for (int i = 0; i < endpoints.size(); i++) {
            try {
                return client.send(request(path, body).timeout(timeout).build(), BodyHandlers.ofString());
            } catch (ConnectException | HttpConnectTimeoutException e) {
                refused = e; // It was not even asked.
                current.incrementAndGet();
            } catch (IOException e) {
                current.incrementAndGet();
                throw new LeaseStoreUnavailableException("etcd did not answer: " + e, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LeaseStoreUnavailableException("interrupted while waiting for etcd", e);
            }
        }
        throw new LeaseStoreUnavailableException("etcd cannot be reached: " + refused, refused);
    }

    private HttpRequest.Builder request(String path, ObjectNode body) {
        URI endpoint = endpoints.get(Math.floorMod(current.get(), endpoints.size()));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(endpoint.resolve(path)).POST(BodyPublishers.ofString(body.toString()));
        String known = token;
        return known == null ? request : request.header("Authorization", known);
    }

    /**
     * Lines of an answer that goes on until the server ends it or the thread is interrupted.
     *
     * @throws IOException if it cannot be had
     */
    Stream<String> lines(String path, ObjectNode body) throws IOException, InterruptedException {
        return client.send(request(path, body).build(), BodyHandlers.ofLines()).body();
    }

    private static int code(HttpResponse<String> response) {
        if (response.statusCode() == 200) {
            return 0;
        }
        JsonNode error = parsed(response.body());
        // etcd tells a token that ran out as INVALID_ARGUMENT in some releases.
        boolean token = error.path("error").asString("").contains("invalid auth token");
        return token ? UNAUTHENTICATED : error.path("code").asInt(2);
    }

    private static JsonNode checked(HttpResponse<String> response) {
        int code = code(response);
        if (code == 0) {
            return parsed(response.body());
        }
        String message = parsed(response.body()).path("error").asString("status " + response.statusCode());
        if (PASSING.contains(code)) {
            throw new LeaseStoreUnavailableException("etcd is not available: " + message, null);
        }
        throw new LeaseException("etcd refused: " + message, null);
    }

    /** An answer may be followed by trailers of gRPC, which are no JSON. */
    private static JsonNode parsed(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }
}
