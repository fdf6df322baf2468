package dev.signalbox.server.sms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole server that texts by a simulated Twilio, and hears from it afterwards. */
class ServerSmsCallbackTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String PUBLIC = "https://box.example/callbacks/sms";
    private static final String NUMBER = "+61491570006";

    @TempDir
    Path folder;

    private String url = "";

    @Test
    void receiptsAreShownAndStopIsHeeded() throws Exception {
        try (var provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
                var _ = server(provider.url("/"))) {
            String id = send();
            until(() -> state(id).equals("SENT"));
            for (String status : List.of("delivered", "sent", "delivered")) {
                assertThat(call(
                                "?ref=" + id,
                                Map.of("MessageSid", "SM1", "MessageStatus", status, "To", NUMBER),
                                "mock-token"))
                        .isEqualTo(200);
            }
            JsonNode receipts = run("queue", "show", id, "--json").json().path("receipts");
            assertThat(receipts).hasSize(1);
            assertThat(receipts.path(0).path("status").asString()).isEqualTo("DELIVERED");
            assertThat(run("queue", "show", id).out()).contains("RECEIPT", "DELIVERED", "SM1");

            assertThat(call("?ref=" + id, Map.of("MessageSid", "SM2", "MessageStatus", "failed"), "another token"))
                    .isEqualTo(403);
            assertThat(run("queue", "show", id, "--json").json().path("receipts"))
                    .hasSize(1);

            assertThat(call("", Map.of("From", NUMBER, "Body", "Stop"), "mock-token"))
                    .isEqualTo(200);
            String silenced = send();
            until(() -> state(silenced).equals("REJECTED"));
            assertThat(run("queue", "show", silenced).out()).contains("the recipient opted out");
            assertThat(call("", Map.of("From", NUMBER, "Body", "START"), "mock-token"))
                    .isEqualTo(200);
            String again = send();
            until(() -> state(again).equals("SENT"));
            assertThat(provider.stats().accepted()).isEqualTo(2);
        }
    }

    @Test
    void eachProviderOfSeveralHasItsOwnCallbacks() throws Exception {
        try (var provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
                var _ = server(
                        provider.url("/"),
                        "delivery.sms.backups.0.name=spare",
                        "delivery.sms.backups.0.provider=twilio",
                        "delivery.sms.backups.0.url=" + provider.url("/"),
                        "delivery.sms.backups.0.account=AC0123456789abcdef0123456789abcdef",
                        "delivery.sms.backups.0.token=spare-token",
                        "delivery.sms.backups.0.from=+15005550006",
                        "delivery.sms.backups.0.callback=" + PUBLIC + "/spare")) {
            String id = send();
            until(() -> state(id).equals("SENT"));
            Map<String, String> report = Map.of("MessageSid", "SM1", "MessageStatus", "delivered", "To", NUMBER);
            assertThat(call("/spare?ref=" + id, report, "mock-token")).isEqualTo(403);
            assertThat(call("/nobody?ref=" + id, report, "mock-token")).isEqualTo(404);
            assertThat(call("/spare?ref=" + id, report, "spare-token")).isEqualTo(200);
            assertThat(run("queue", "show", id, "--json").json().path("receipts"))
                    .hasSize(1);
        }
    }

    /** As Twilio signs: the URL as it sees it, and the fields by name. */
    private int call(String suffix, Map<String, String> fields, String token) throws Exception {
        String signed = PUBLIC
                + suffix
                + new TreeMap<>(fields)
                        .entrySet().stream()
                                .map(field -> field.getKey() + field.getValue())
                                .collect(Collectors.joining());
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(token.getBytes(UTF_8), "HmacSHA1"));
        String form = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(url).resolve("/callbacks/sms" + suffix))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .header(
                                        "X-Twilio-Signature",
                                        Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(UTF_8))))
                                .POST(BodyPublishers.ofString(form))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private String send() {
        Run run = run("send", "--to", "sms:" + NUMBER, "Hello", "--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.json().path("id").asString();
    }

    private String state(String id) {
        return run("queue", "show", id, "--json").json().path("state").asString();
    }

    private Run run(String... arguments) {
        return Run.of(Stream.concat(Stream.of(arguments), Stream.of("--url", url, "--data", folder.toString()))
                .toArray(String[]::new));
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
    }

    private Server server(URI provider, String... more) {
        Server server = Server.start(
                SignalboxCommand.FEATURES,
                SignalboxCommand.FEATURES.load(
                        Optional.empty(),
                        Map.of(),
                        Stream.concat(
                                        Stream.of(
                                                "data.folder=" + folder,
                                                "control.port=0",
                                                "clients.port=0",
                                                "delivery.sms.provider=twilio",
                                                "delivery.sms.url=" + provider,
                                                "delivery.sms.account=AC0123456789abcdef0123456789abcdef",
                                                "delivery.sms.token=mock-token",
                                                "delivery.sms.from=+15005550006",
                                                "delivery.sms.callback=" + PUBLIC),
                                        Stream.of(more))
                                .toList()));
        url = server.controlUri().toString();
        return server;
    }
}
