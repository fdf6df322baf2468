package dev.signalbox.delivery.sms;

import static dev.signalbox.delivery.sms.Deliveries.PHONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.delivery.queue.SendResult.NotSent;
import dev.signalbox.delivery.queue.SendResult.Rejected;
import dev.signalbox.delivery.queue.SendResult.Unknown;
import dev.signalbox.testing.services.ScriptedHttpServer;
import dev.signalbox.testing.simulator.AcceptedMessage;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the simulated provider. */
class SmsSenderTest {
    private final SmsSimulator provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
    private final GenericProvider contract = GenericProvider.of(provider.sendUrl(), "mock-token");
    private final SmsOptions options =
            SmsOptions.defaults().withTimeout(Duration.ofSeconds(20), Duration.ofSeconds(10));
    private final SmsSender sender = SmsSender.of(contract, options);
    private final SmsSender impatient =
            SmsSender.of(contract, options.withTimeout(Duration.ofSeconds(2), Duration.ofSeconds(2)));

    @AfterEach
    void close() {
        sender.close();
        impatient.close();
        provider.close();
    }

    @Test
    void sendsNumberContentAndKey() {
        var delivery = Deliveries.to("+61 491 570 006", "Grüße, 你好, مرحبا, 👋 \"quoted\" \\ \n");
        var result = sender.send(delivery);
        var message = provider.messages(1).getFirst();
        assertThat(((Accepted) result).providerId()).contains(message.messageId());
        assertThat(message.phoneNumber()).isEqualTo(PHONE);
        assertThat(message.content()).isEqualTo(delivery.body());
        assertThat(message.key()).contains(delivery.idempotencyKey());
    }

    @Test
    void theCallersTraceIsAHeader() {
        var delivery = Deliveries.to(PHONE, "hello");
        var message = new SmsMessage(PHONE, "hello", "k");
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assertThat(Written.of(sender.request(delivery, message)).head()).doesNotContain("traceparent");
        assertThat(Written.of(sender.request(delivery.withTraceparent(trace), message))
                        .head())
                .contains("\r\ntraceparent: " + trace + "\r\n");
        assertThat(sender.send(delivery.withTraceparent(trace))).isInstanceOf(Accepted.class);
    }

    @Test
    void isTakenOnceWhenItRepeatsADelivery() {
        var delivery = Deliveries.to(PHONE, "hello");
        assertThat(sender.send(delivery)).isEqualTo(sender.send(delivery));
        assertThat(provider.stats().accepted()).isEqualTo(1);
        assertThat(provider.stats().duplicatesByKey()).isEqualTo(1);
    }

    @Test
    void sendsManyAtATimeWithoutMixingThemUp() throws Exception {
        var deliveries = IntStream.range(0, 500)
                .mapToObj(n -> Deliveries.to(PHONE, "message " + n))
                .toList();
        try (var callers = Executors.newFixedThreadPool(
                sender.concurrency(), Thread.ofVirtual().factory())) {
            var results = callers.invokeAll(deliveries.stream()
                    .map(d -> (Callable<SendResult>) () -> sender.send(d))
                    .toList());
            assertThat(results).allSatisfy(result -> assertThat(result.get()).isInstanceOf(Accepted.class));
        }
        assertThat(provider.stats().accepted()).isEqualTo(500);
        assertThat(provider.stats().duplicatesByContent()).isZero();
        assertThat(provider.messages(500))
                .hasSize(500)
                .allSatisfy(message -> assertThat(deliveries)
                        .anyMatch(d -> message.key().equals(Optional.of(d.idempotencyKey()))
                                && d.body().equals(message.content())));
    }

    @ParameterizedTest
    @CsvSource({"+614,too short", "call me,write it in digits", "0491570006,country code", "+9990000000,country code"})
    void rejectsWhatIsNoPhoneNumberWithoutAskingTheProvider(String address, String reason) {
        assertThat(((Rejected) sender.send(Deliveries.to(address, "hello"))).reason())
                .contains(address)
                .contains(reason);
        assertThat(provider.stats().requests()).isZero();
    }

    @Test
    void completesANumberWithTheDefaultRegion() {
        try (var australian = SmsSender.of(contract, options.withDefaultRegion("AU"))) {
            assertThat(australian.send(Deliveries.to("0491 570 006", "hello"))).isInstanceOf(Accepted.class);
        }
        assertThat(provider.messages(1).getFirst().phoneNumber()).isEqualTo(PHONE);
    }

    @Test
    void countsCharactersAsPeopleDo() {
        assertThat(sender.send(Deliveries.to(PHONE, "👋".repeat(160)))).isInstanceOf(Accepted.class);
        assertThat(sender.send(Deliveries.to(PHONE, "x".repeat(161))))
                .isEqualTo(new Rejected(
                        "the message has 161 characters in 2 segments; a text message may have 160 in 10"));
        assertThat(sender.send(Deliveries.to(PHONE, "  "))).isEqualTo(new Rejected("the message is empty"));
    }

    @Test
    void passesOnTheProvidersRefusal() {
        provider.behave(Behaviour.perfect().withRefused(Set.of(PHONE)));
        assertThat(((Rejected) sender.send(Deliveries.to(PHONE, "hello"))).reason())
                .contains("422")
                .contains("the number is refused");
    }

    @Test
    void doesNotBlameTheMessageForAWrongToken() {
        try (var stranger = SmsSender.of(GenericProvider.of(provider.sendUrl(), "guess"), options)) {
            var result = (NotSent) stranger.send(Deliveries.to(PHONE, "hello"));
            assertThat(result.reason()).contains("401").contains("token").doesNotContain("guess");
            assertThat(result.scope()).isEqualTo(SendResult.Scope.ACCOUNT);
        }
    }

    @Test
    void writesNothingOnceItMayNotBegin() {
        var late = Deliveries.to(PHONE, "hello").withPermit(() -> false);
        assertThat(sender.send(late)).isInstanceOf(NotSent.class);
        assertThat(provider.stats().accepted()).isZero();
    }

    @Test
    void waitsAsLongAsTheProviderAsks() {
        provider.behave(Behaviour.perfect().withFault(Fault.TOO_MANY, 1).withRetryAfter(Duration.ofSeconds(7)));
        var result = (NotSent) sender.send(Deliveries.to(PHONE, "hello"));
        assertThat(result.retryAfter()).contains(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @CsvSource({
        "SERVER_ERROR,500",
        "CUT,the request was written",
        "HANG,the request was written",
        "RUBBISH,no message id"
    })
    void doesNotKnowWhatBecameOfIt(Fault fault, String reason) {
        provider.behave(Behaviour.perfect().withFault(fault, 1));
        assertThat(((Unknown) (fault == Fault.HANG ? impatient : sender).send(Deliveries.to(PHONE, "hello"))).reason())
                .contains(reason);
    }

    @Test
    void worksOnAfterEveryKindOfFault() {
        for (var fault : Fault.values()) {
            provider.behave(Behaviour.perfect().withFault(fault, 1));
            (fault == Fault.HANG ? impatient : sender).send(Deliveries.to(PHONE, "hello"));
            provider.behave(Behaviour.perfect());
            assertThat(sender.send(Deliveries.to(PHONE, "hello"))).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void keepsToTheTimeThatIsLeftOfTheLease() {
        provider.behave(Behaviour.perfect().withFault(Fault.HANG, 1));
        long begin = System.nanoTime();
        Delivery delivery = Deliveries.within(PHONE, "hello", Duration.ofSeconds(2));
        assertThat(sender.send(delivery)).isInstanceOf(Unknown.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void wasNotSentWhenNobodyListens() {
        provider.close();
        assertThat(((NotSent) sender.send(Deliveries.to(PHONE, "hello"))).reason())
                .contains("could not connect");
    }

    @Test
    void sendsALongMessageInPartsThatARepeatDoesNotDouble() {
        try (var splitting = SmsSender.of(contract, options.withLimit(new SmsLimit(20, 1), TooLong.SPLIT))) {
            var delivery = Deliveries.to(PHONE, "Your table is ready. Please come to the bar.");
            var first = splitting.send(delivery);
            assertThat(provider.messages(10).reversed())
                    .extracting(AcceptedMessage::content)
                    .containsExactly("Your table is ready.", "Please come to the", "bar.");
            assertThat(splitting.send(delivery)).isEqualTo(first);
            assertThat(provider.stats().accepted()).isEqualTo(3);
        }
    }

    @Test
    void doesNotKnowWhatBecameOfAMessageOfWhichAPartIsMissing() {
        try (var twoOfThree = ScriptedHttpServer.start((socket, number) -> ScriptedHttpServer.write(
                        socket,
                        number < 3
                                ? ScriptedHttpServer.answer("200 OK", "{\"messageId\":\"m" + number + "\"}")
                                : ScriptedHttpServer.answer("429 Slow down", "")));
                var splitting = SmsSender.of(
                        GenericProvider.of(twoOfThree.url("/send"), "t"),
                        options.withLimit(new SmsLimit(1, 1), TooLong.SPLIT))) {
            assertThat(((Unknown) splitting.send(Deliveries.to(PHONE, "abc"))).reason())
                    .contains("2 of 3 parts")
                    .contains("429");
        }
    }

    @Test
    void sendsTheBeginOfALongMessageIfTold() {
        try (var cutting = SmsSender.of(contract, options.withLimit(new SmsLimit(10, 1), TooLong.TRUNCATE))) {
            assertThat(cutting.send(Deliveries.to(PHONE, "Your table is ready.")))
                    .isInstanceOf(Accepted.class);
            assertThat(provider.messages(1).getFirst().content()).isEqualTo("Your ta...");
        }
    }

    @Test
    void sendsWhatTheContractAsksForInItsHead() {
        try (var scripted = ScriptedHttpServer.saying(ScriptedHttpServer.answer("202 Accepted", "{\"messageId\":7}"));
                var other = SmsSender.of(
                        GenericProvider.of(URI.create(scripted.url("/send") + "?account=7"), "secret-token"),
                        options)) {
            assertThat(other.send(Deliveries.to(PHONE, "hello"))).isEqualTo(new Accepted(Optional.of("7")));
            var request = scripted.requests().getFirst();
            assertThat(request.head())
                    .startsWith("POST /send?account=7 HTTP/1.1\nHost: 127.0.0.1:" + scripted.port() + "\n")
                    .contains("Authorization: Bearer secret-token\n")
                    .contains("Content-Type: application/json\n");
            assertThat(request.utf8()).isEqualTo("{\"phone_number\":\"" + PHONE + "\",\"content\":\"hello\"}");
        }
    }

    /** The provider closes each connection after its answer without saying so. */
    @Test
    void losesNoMessageToAConnectionThatIsGone() throws Exception {
        var closed = new LinkedBlockingQueue<Integer>();
        try (var closing = ScriptedHttpServer.start((socket, number) -> {
                    ScriptedHttpServer.write(
                            socket, ScriptedHttpServer.answer("200 OK", "{\"messageId\":" + number + "}"));
                    socket.close();
                    closed.add(number);
                });
                var other = SmsSender.of(GenericProvider.of(closing.url("/send"), "t"), options)) {
            for (int i = 1; i <= 200; i++) {
                assertThat(other.send(Deliveries.to(PHONE, "hello")))
                        .isEqualTo(new Accepted(Optional.of(Integer.toString(i))));
                assertThat(closed.poll(20, TimeUnit.SECONDS)).isNotNull();
            }
        }
    }

    @Test
    void wasNotSentWhenTheHostDoesNotExist() {
        try (var lost =
                SmsSender.of(GenericProvider.of(URI.create("http://no-such-host.invalid/send"), "t"), options)) {
            assertThat(((NotSent) lost.send(Deliveries.to(PHONE, "hello"))).reason())
                    .contains("no-such-host.invalid");
        }
    }

    @Test
    void tellsTheDispatcherWhatItNeeds() {
        assertThat(sender.channel()).isEqualTo(Channel.SMS);
        assertThat(sender.concurrency()).isEqualTo(64);
        assertThat(sender.keyLifetime()).isZero();
        assertThat(sender.timeout()).isGreaterThan(options.timeout());
    }
}
