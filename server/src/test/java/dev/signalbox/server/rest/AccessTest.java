package dev.signalbox.server.rest;

import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.server.delivery.ForwardingQueue;
import dev.signalbox.server.node.RunningControlPlane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    @TempDir
    private Path folder;

    private RunningControlPlane server;

    @BeforeEach
    void start() {
        server = new RunningControlPlane(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path, Optional<String> authorization) throws Exception {
        var request = HttpRequest.newBuilder(server.uri(path))
                .method(method, BodyPublishers.ofString("{}"))
                .header("Content-Type", "application/json");
        authorization.ifPresent(value -> request.header("Authorization", value));
        return server.send(request);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/messages",
                "/api/overview",
                "/api/clients",
                "/api/messages/sent",
                "/api/nothing",
                "/metrics"
            })
    void nothingInsideIsShownWithoutAToken(String path) throws Exception {
        for (var wrong :
                List.of(Optional.<String>empty(), Optional.of("Bearer guess"), Optional.of("Basic cmVhZGVy"))) {
            var refused = send("GET", path, wrong);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"signalbox\"");
            assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/health/live", "/health/ready", "/version", "/openapi.json", "/console/"})
    void whatMachinesAndBrowsersNeedFirstIsOpen(String path) throws Exception {
        assertThat(send("GET", path, Optional.empty()).statusCode()).isEqualTo(200);
    }

    @Test
    void eachRoleMayDoItsPartAndNoMore() throws Exception {
        assertThat(send("GET", "/api/messages", Optional.of("Bearer reader")).statusCode())
                .isEqualTo(200);
        assertThat(send("POST", "/api/messages", Optional.of("Bearer reader")).statusCode())
                .isEqualTo(403);
        assertThat(send("POST", "/api/messages", Optional.of("bearer sender")).statusCode())
                .isEqualTo(400);
        assertThat(send("POST", "/api/messaging/stop", Optional.of("Bearer sender"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send("POST", "/api/messages/x/retry", Optional.of("Bearer sender"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send("POST", "/api/messaging/stop", Optional.of("Bearer admin"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aMethodThatIsNotThereIsToldTheOnesThatAre() throws Exception {
        var refused = send("DELETE", "/api/messages", Optional.of("Bearer admin"));

        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("Allow")).contains("GET, HEAD, POST");
        assertThat(send("POST", "/health", Optional.empty()).headers().firstValue("Allow"))
                .contains("GET, HEAD");
        assertThat(send("DELETE", "/api/messages", Optional.empty()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void headAnswersLikeGetWithoutABody() throws Exception {
        var head = send("HEAD", "/health", Optional.empty());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void whatIsNowhereIsNotFound() throws Exception {
        assertThat(json(send("GET", "/nothing", Optional.empty())).get("status").intValue())
                .isEqualTo(404);
        assertThat(send("GET", "/api/nothing", Optional.of("Bearer reader")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aBodyOfAnotherTypeIsRefusedWithTheAcceptedOnes() throws Exception {
        var refused = server.post("application/xml", BodyPublishers.ofString("<x/>"));

        assertThat(refused.statusCode()).isEqualTo(415);
        assertThat(refused.headers().firstValue("Accept")).contains("application/json, application/x-ndjson, text/csv");
        var untyped = server.send(server.request("/api/messages").POST(BodyPublishers.ofString("{}")));
        assertThat(untyped.statusCode()).isEqualTo(415);
    }

    @Test
    void aBodyThatIsTooLongIsRefusedHoweverItComes() throws Exception {
        String body = "{\"to\":\"client:a\",\"body\":\"" + "x".repeat(300_000) + "\"}";

        assertThat(server.enqueue(body).statusCode()).isEqualTo(413);
        var unannounced = BodyPublishers.ofInputStream(
                () -> new java.io.ByteArrayInputStream(body.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(server.post("application/json", unannounced).statusCode()).isEqualTo(413);
    }

    @Test
    void everyAnswerCarriesTheSecurityHeaders() throws Exception {
        for (String path : new String[] {"/api/messages", "/health", "/nothing", "/api/messages/x"}) {
            var headers = server.get(path).headers();
            assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(headers.firstValue("Cache-Control")).contains("no-store");
            assertThat(headers.firstValue("Content-Security-Policy").orElse("")).contains("frame-ancestors 'none'");
        }
    }

    @Test
    void aPortInUseIsNamedWithAMend() {
        var options = ControlPlane.Options.local(server.controlPlane.port());

        assertThatThrownBy(() -> ControlPlane.start(
                        options,
                        OpenApi.of(List.of()),
                        token -> Optional.empty(),
                        new SimpleMeterRegistry(),
                        Optional.empty()))
                .isInstanceOf(ControlPlaneException.class)
                .hasMessage(
                        "cannot listen on 127.0.0.1:" + options.port() + ": Address already in use. Stop what listens"
                                + " there, or choose another port for the control plane");
    }

    @Test
    void aHostThatIsNotThereIsNamed() {
        var options = ControlPlane.Options.local(0).withHost("no-such-host.invalid");

        assertThatThrownBy(() -> ControlPlane.start(
                        options,
                        OpenApi.of(List.of()),
                        token -> Optional.empty(),
                        new SimpleMeterRegistry(),
                        Optional.empty()))
                .isInstanceOf(ControlPlaneException.class)
                .hasMessageContaining("there is no such host");
    }

    @Test
    void withoutAuthenticationEveryoneIsAnAdminWithAnyTokenOrNone() throws Exception {
        var open = ControlTokens.of(new ControlSettings.Access(true, List.of()), folder);
        server.close();
        server = new RunningControlPlane(folder, RunningControlPlane.Setup.USUAL.withAuthorizer(open::identify));
        for (var token : List.of(Optional.<String>empty(), Optional.of("Bearer guess"), Optional.of("Basic eA=="))) {
            var request =
                    HttpRequest.newBuilder(server.uri("/api/messaging/stop")).POST(BodyPublishers.noBody());
            token.ifPresent(value -> request.header("Authorization", value));
            assertThat(server.send(request).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aHandlerThatFailsWithoutWordsIsStillTold() throws Exception {
        server.close();
        server = new RunningControlPlane(
                folder, RunningControlPlane.Setup.USUAL.withQueue(queue -> new ForwardingQueue(queue) {
                    @Override
                    public Receipt enqueue(Reach reach) {
                        throw new IllegalArgumentException();
                    }
                }));

        var refused = server.enqueue("{\"to\":\"client:a\",\"body\":\"x\"}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).get("detail").stringValue())
                .isEqualTo("no reason was given (IllegalArgumentException)");
    }
}
