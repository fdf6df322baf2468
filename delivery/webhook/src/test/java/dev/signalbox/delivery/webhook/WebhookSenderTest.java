package dev.signalbox.delivery.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.delivery.queue.SendResult.NotSent;
import dev.signalbox.delivery.queue.SendResult.Rejected;
import dev.signalbox.delivery.queue.SendResult.Unknown;
import dev.signalbox.delivery.webhook.WebhookEndpoints.Draft;
import dev.signalbox.testing.contract.MovableClock;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.WebhookSimulator;
import dev.signalbox.testing.simulator.WebhookSimulatorMessage;
import dev.signalbox.testing.simulator.WebhookSimulatorOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a simulated receiver, which verifies by code of its own. */
class WebhookSenderTest {
    private static final UUID ID = UUID.fromString("019ac0de-0000-7000-8000-000000000001");
    private static final WebhookKey KEY = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
    private static final WebhookKey ED25519 = WebhookKey.generate(WebhookKey.Kind.ED25519);
    private static final WebhookKey OF_URLS = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final WebhookTargets targets = new WebhookTargets(List.of(AddressRange.parse("127.0.0.0/8")), true);
    private Database database;
    private WebhookEndpoints endpoints;
    private WebhookSimulator receiver;
    private WebhookSender sender;

    @BeforeEach
    void start() {
        receiver = WebhookSimulator.start(WebhookSimulatorOptions.defaults()
                .withKeys(List.of(KEY.verifier(), ED25519.verifier(), OF_URLS.verifier())));
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("endpoints.db")));
        endpoints = WebhookEndpoints.on(database, clock);
        sender = new WebhookSender(
                endpoints,
                WebhookOptions.to(targets).withUrlKey(OF_URLS),
                new WebhookListener() {
                    @Override
                    public void disabled(WebhookEndpoint endpoint, WebhookEndpoint.Cause cause, String reason) {
                        told.add(endpoint.id() + " " + cause + ": " + reason);
                    }

                    @Override
                    public void gone(String url, String reason) {
                        told.add(url + " gone: " + reason);
                    }

                    @Override
                    public void refused(String address, String reason) {
                        told.add(address + " refused: " + reason);
                    }
                },
                clock);
        endpoints.create(new Draft("orders", receiver.url("/hook?tenant=7"), "", KEY));
    }

    @AfterEach
    void stop() {
        sender.close();
        database.close();
        receiver.close();
    }

    @Test
    void aDeliveryIsPostedSignedUnderItsKey() {
        assertThat(sender.send(delivery("orders", "{\"type\":\"order.paid\"}"))).isInstanceOf(Accepted.class);
        WebhookSimulatorMessage message = receiver.messages(1).getFirst();
        assertThat(message.id()).isEqualTo(ID.toString());
        assertThat(message.timestamp()).isEqualTo(Long.toString(clock.instant().getEpochSecond()));
        assertThat(message.path()).isEqualTo("/hook?tenant=7");
        assertThat(message.contentType()).isEqualTo("application/json");
        assertThat(message.body()).isEqualTo("{\"type\":\"order.paid\"}");
        assertThat(endpoints.find("orders").orElseThrow().standing().lastSuccess())
                .contains(clock.instant());
    }

    /** Receivers know a repeat by its id; the time is that of the attempt. */
    @Test
    void aRepeatHasTheSameIdAndItsOwnTime() {
        sender.send(delivery("orders", "{}"));
        clock.advance(MINUTE);
        assertThat(sender.send(delivery("orders", "{}"))).isInstanceOf(Accepted.class);
        assertThat(receiver.stats().duplicates()).isEqualTo(1);
        assertThat(receiver.stats().unsigned()).isZero();
    }

    /** A dot in the id would make what is signed ambiguous. */
    @Test
    void theIdOfALaterStepHasNoDot() {
        var second = new Delivery(ID, 1, 1, Channel.WEBHOOK, "orders", "{}", Map.of(), MINUTE);
        sender.send(second);
        assertThat(receiver.messages(1).getFirst().id()).isEqualTo(ID + "-1");
    }

    @Test
    void knowsTheContentType() {
        sender.send(delivery("orders", "Hello"));
        assertThat(receiver.messages(1).getFirst().contentType()).isEqualTo("text/plain; charset=utf-8");
        var given = Map.of("CONTENT-TYPE", "application/xml", "tenant", "7");
        sender.send(new Delivery(UUID.randomUUID(), 0, 1, Channel.WEBHOOK, "orders", "<a/>", given, MINUTE));
        assertThat(receiver.messages(1).getFirst().contentType()).isEqualTo("application/xml");
    }

    @Test
    void theCallersTraceIsAHeader() throws Exception {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        List<String> seen = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/", exchange -> {
            seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            endpoints.create(new Draft("traced", url, "", KEY));
            assertThat(sender.send(delivery("traced", "{}").withTraceparent(trace)))
                    .isInstanceOf(Accepted.class);
            assertThat(sender.send(delivery("traced", "{}"))).isInstanceOf(Accepted.class);
        } finally {
            server.stop(0);
        }
        assertThat(seen).containsExactly(trace, "null");
    }

    @Test
    void whileKeysAreExchangedBothSign() {
        WebhookKey unknown = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
        endpoints.rotate("orders", unknown, Duration.ofHours(1));
        assertThat(sender.send(delivery("orders", "{}"))).isInstanceOf(Accepted.class);
        assertThat(sender.send(delivery("orders", "{}"))).isInstanceOf(Accepted.class);
        // The endpoint is remembered from the second for a moment, with the key that has ended now.
        clock.advance(Duration.ofHours(1));
        assertThat(sender.send(delivery("orders", "{}"))).isInstanceOf(NotSent.class);
        assertThat(receiver.stats().unsigned()).isEqualTo(1);
        endpoints.rotate("orders", ED25519, Duration.ZERO);
        assertThat(sender.send(delivery("orders", "{}"))).isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @CsvSource({"SERVER_ERROR, NotSent", "TOO_MANY, NotSent", "CUT, Unknown", "RUBBISH, Accepted"})
    void aFaultIsNotSentOrUnknown(Fault fault, String expected) {
        receiver.behave(Behaviour.perfect().withFault(fault, 1));
        SendResult result = sender.send(delivery("orders", "{}"));
        assertThat(result.getClass().getSimpleName()).isEqualTo(expected);
        assertThat(endpoints.find("orders").orElseThrow().standing().failures())
                .isEqualTo(expected.equals("Accepted") ? 0 : 1);
    }

    @Test
    void whoDoesNotAnswerInTimeIsUnknown() {
        receiver.behave(Behaviour.perfect().withFault(Fault.HANG, 1));
        var delivery = new Delivery(ID, 0, 1, Channel.WEBHOOK, "orders", "{}", Map.of(), Duration.ofSeconds(2));
        assertThat(sender.send(delivery)).isInstanceOf(Unknown.class);
    }

    @Test
    void retryAfterIsHeeded() {
        receiver.behave(Behaviour.perfect().withFault(Fault.TOO_MANY, 1).withRetryAfter(Duration.ofSeconds(90)));
        assertThat(((NotSent) sender.send(delivery("orders", "{}"))).retryAfter())
                .contains(Duration.ofSeconds(90));
    }

    @Test
    void goneDisablesTheEndpointAndSaysSo() {
        receiver.behave(Behaviour.perfect().withRefused(Set.of("/hook?tenant=7")));
        assertThat(((Rejected) sender.send(delivery("orders", "{}"))).reason()).contains("410");
        WebhookEndpoint endpoint = endpoints.find("orders").orElseThrow();
        assertThat(endpoint.disabled().orElseThrow().reason()).contains("the receiver answered 410");
        assertThat(told).singleElement().asString().startsWith("orders GONE: the receiver answered 410");
        assertThat(((Rejected) sender.send(delivery("orders", "{}"))).reason())
                .contains("the endpoint orders is disabled")
                .contains("enable it");
        assertThat(receiver.stats().gone()).isEqualTo(1);
        endpoints.enable("orders");
        receiver.behave(Behaviour.perfect());
        assertThat(sender.send(delivery("orders", "{}"))).isInstanceOf(Accepted.class);
    }

    @Test
    void aUrlThatIsGoneIsTold() {
        String url = receiver.url("/direct").toString();
        receiver.behave(Behaviour.perfect().withRefused(Set.of("/direct")));
        assertThat(sender.send(delivery(url, "{}"))).isInstanceOf(Rejected.class);
        assertThat(told).singleElement().asString().startsWith(url + " gone: the receiver answered 410");
    }

    /** Its lease ran out before the first byte; that says nothing about the receiver. */
    @Test
    void whatMayNotBeginIsNotPosted() {
        for (int i = 0; i <= Circuits.TRIP; i++) {
            assertThat(sender.send(delivery("orders", "{}").withPermit(() -> false)))
                    .isInstanceOf(NotSent.class);
        }
        assertThat(receiver.stats().requests()).isZero();
        assertThat(endpoints.find("orders").orElseThrow().standing()).isEqualTo(WebhookEndpoint.Standing.NEW);
        assertThat(sender.send(delivery("orders", "{}"))).isInstanceOf(Accepted.class);
    }

    @Test
    void anEndpointThatFailsForDaysIsDisabledAndTold() {
        receiver.behave(Behaviour.perfect().withFault(Fault.SERVER_ERROR, 1));
        sender.send(delivery("orders", "{}"));
        clock.advance(Duration.ofDays(5));
        for (int i = 2; i < EndpointWatch.LEAST_FAILURES; i++) {
            sender.send(delivery("orders", "{}"));
        }
        assertThat(endpoints.find("orders").orElseThrow().enabled())
                .as("too few failures")
                .isTrue();
        sender.send(delivery("orders", "{}"));
        assertThat(endpoints
                        .find("orders")
                        .orElseThrow()
                        .disabled()
                        .orElseThrow()
                        .reason())
                .contains("every attempt since 2026-03-01T12:00:00Z failed")
                .contains("500");
        assertThat(told).singleElement().asString().startsWith("orders FAILING: ");
    }

    @Test
    void aSuccessInBetweenKeepsAnEndpoint() {
        for (int day = 0; day < 20; day++) {
            receiver.behave(Behaviour.perfect().withFault(Fault.SERVER_ERROR, day == 10 ? 0 : 1));
            sender.send(delivery("orders", "{}"));
            clock.advance(Duration.ofHours(11));
        }
        assertThat(endpoints.find("orders").orElseThrow().enabled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void redirectsAreNotFollowed(int status) throws Exception {
        String elsewhere = "Location: " + receiver.url("/elsewhere") + "\r\n";
        try (var script = new ScriptedReceiver(ScriptedReceiver.answer(status, elsewhere, ""))) {
            endpoints.change("orders", URI.create("http://127.0.0.1:" + script.port() + "/"), null);
            assertThat(((NotSent) sender.send(delivery("orders", "{}"))).reason())
                    .contains(Integer.toString(status))
                    .contains("redirects are not followed");
            assertThat(receiver.stats().requests()).isZero();
        }
    }

    @Test
    void anEndlessAnswerIsNotReadToItsEnd() throws Exception {
        String endless = "HTTP/1.1 500 X\r\nContent-Length: 1000000000\r\n\r\n" + "x".repeat(100_000);
        try (var script = new ScriptedReceiver(endless)) {
            endpoints.change("orders", URI.create("http://127.0.0.1:" + script.port() + "/"), null);
            assertThat(((NotSent) sender.send(delivery("orders", "{}"))).reason())
                    .contains("500")
                    .hasSizeLessThan(400);
        }
    }

    /** Who a message is for, and what it is about, is between us and its sender. */
    @Test
    void headersOfTheMessageAreNotPassedOn() throws Exception {
        try (var script = new ScriptedReceiver(ScriptedReceiver.answer(204, "", ""))) {
            endpoints.change("orders", URI.create("http://127.0.0.1:" + script.port() + "/"), null);
            var headers = Map.of("recipient", "alice", "category", "salary", "x-internal", "secret");
            sender.send(new Delivery(ID, 0, 1, Channel.WEBHOOK, "orders", "{}", headers, MINUTE));
            assertThat(script.heads().getFirst())
                    .doesNotContainIgnoringCase("recipient")
                    .doesNotContain("alice", "category", "salary", "x-internal", "secret");
        }
    }

    @Test
    void theRequestIsWhatReceiversExpect() throws Exception {
        try (var script = new ScriptedReceiver(ScriptedReceiver.answer(204, "", ""))) {
            endpoints.change("orders", URI.create("http://127.0.0.1:" + script.port() + "/a%20b?c=d"), null);
            sender.send(delivery("orders", "{}"));
            assertThat(script.heads().getFirst().lines())
                    .startsWith("POST /a%20b?c=d HTTP/1.1", "Host: 127.0.0.1:" + script.port())
                    .contains(
                            "Content-Type: application/json",
                            "Content-Length: 2",
                            "webhook-id: " + ID,
                            "webhook-timestamp: " + clock.instant().getEpochSecond())
                    .anyMatch(line -> line.startsWith("webhook-signature: v1,"));
        }
    }

    @Test
    void whereNobodyListensIsNotSent() {
        receiver.close();
        assertThat(sender.send(delivery("orders", "{}"))).isInstanceOf(NotSent.class);
        assertThat(endpoints.find("orders").orElseThrow().standing().failures()).isEqualTo(1);
    }

    /** Names can be changed after an endpoint was created. */
    @Test
    void whereWebhooksMayNotGoIsNotConnectedTo() {
        endpoints.change("orders", URI.create("http://10.1.2.3/"), null);
        assertThat(((NotSent) sender.send(delivery("orders", "{}"))).reason()).contains("10.0.0.0/8, private");
        assertThat(told).singleElement().asString().startsWith("orders refused: the URL leads to 10.1.2.3");
    }

    @Test
    void aReceiverThatDoesNotAnswerIsLeftAloneForAWhile() {
        receiver.behave(Behaviour.perfect().withFault(Fault.CUT, 1));
        for (int i = 0; i < Circuits.TRIP; i++) {
            assertThat(sender.send(delivery("orders", "{}"))).isInstanceOf(Unknown.class);
        }
        var left = (NotSent) sender.send(delivery("orders", "{}"));
        assertThat(left.reason()).contains("not attempted");
        assertThat(left.retryAfter().orElseThrow()).isPositive();
        assertThat(receiver.stats().requests()).isEqualTo(Circuits.TRIP);
        assertThat(endpoints.find("orders").orElseThrow().standing().failures()).isEqualTo(Circuits.TRIP);
    }

    @Test
    void aUrlIsAnAddressWhereAKeyIsThereForIt() {
        String url = receiver.url("/direct").toString();
        assertThat(sender.send(delivery(url, "{}"))).isInstanceOf(Accepted.class);
        assertThat(receiver.messages(1).getFirst().path()).isEqualTo("/direct");
        assertThat(sender.send(delivery("http://user:secret@127.0.0.1/", "{}"))).isInstanceOf(Rejected.class);
        try (var without = new WebhookSender(endpoints, WebhookOptions.to(targets), new WebhookListener() {})) {
            assertThat(((Rejected) without.send(delivery(url, "{}"))).reason()).contains("make it an endpoint");
        }
    }

    @Test
    void anEndpointThatIsNotThereIsRejected() {
        assertThat(((Rejected) sender.send(delivery("nobody", "{}"))).reason()).contains("no endpoint nobody");
    }

    /** It says nothing about the endpoint, which stays as it is. */
    @Test
    void aMessageThatMakesNoRequestIsRejected() {
        var unfit = Map.of("content-type", "text/plän");
        var delivery = new Delivery(ID, 0, 1, Channel.WEBHOOK, "orders", "{}", unfit, MINUTE);
        assertThat(((Rejected) sender.send(delivery)).reason()).contains("makes no request");
        assertThat(endpoints.find("orders").orElseThrow().enabled()).isTrue();
        assertThat(endpoints.find("orders").orElseThrow().standing()).isEqualTo(WebhookEndpoint.Standing.NEW);
    }

    @Test
    void aDatabaseThatIsNotThereIsNoDoubt() {
        database.close();
        assertThat(((NotSent) sender.send(delivery("orders", "{}"))).reason()).contains("cannot be read");
    }

    @Test
    void aTestIsSentToADisabledEndpointAndLeavesNoTrace() {
        endpoints.disable("orders", WebhookEndpoint.Cause.OPERATOR, "by hand");
        WebhookEndpoint endpoint = endpoints.find("orders").orElseThrow();
        assertThat(sender.test(endpoint, "test-1", "{\"type\":\"test\"}")).isInstanceOf(Accepted.class);
        assertThat(receiver.messages(1).getFirst().id()).isEqualTo("test-1");
        assertThat(endpoints.find("orders").orElseThrow().standing()).isEqualTo(WebhookEndpoint.Standing.NEW);
    }

    @Test
    void isRetriedByTheScheduleOfTheStandard() {
        assertThat(sender.schedule().stream().map(Duration::toString))
                .containsExactly("PT5S", "PT5M", "PT30M", "PT2H", "PT5H", "PT10H", "PT14H", "PT20H", "PT24H");
    }

    private static Delivery delivery(String address, String body) {
        return new Delivery(ID, 0, 1, Channel.WEBHOOK, address, body, Map.of(), MINUTE);
    }
}
