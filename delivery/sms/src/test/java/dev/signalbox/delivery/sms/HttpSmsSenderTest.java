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
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the simulated provider. */
class HttpSmsSenderTest {
    private final SmsSimulator provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
    private final HttpSmsOptions options = HttpSmsOptions.of(provider.sendUrl(), "mock-token")
            .withTimeout(Duration.ofSeconds(20), Duration.ofSeconds(10));
    private final HttpSmsSender sender = new HttpSmsSender(options);
    private final HttpSmsSender impatient =
            new HttpSmsSender(options.withTimeout(Duration.ofSeconds(1), Duration.ofSeconds(1)));

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
        try (var australian = new HttpSmsSender(options.withDefaultRegion("AU"))) {
            assertThat(australian.send(Deliveries.to("0491 570 006", "hello"))).isInstanceOf(Accepted.class);
        }
        assertThat(provider.messages(1).getFirst().phoneNumber()).isEqualTo(PHONE);
    }

    @Test
    void countsCharactersAsPeopleDo() {
        assertThat(sender.send(Deliveries.to(PHONE, "👋".repeat(160)))).isInstanceOf(Accepted.class);
        assertThat(sender.send(Deliveries.to(PHONE, "x".repeat(161))))
                .isEqualTo(new Rejected("the message has 161 characters, 160 are allowed"));
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
        try (var stranger = new HttpSmsSender(HttpSmsOptions.of(provider.sendUrl(), "guess"))) {
            assertThat(((NotSent) stranger.send(Deliveries.to(PHONE, "hello"))).reason())
                    .contains("401")
                    .contains("token")
                    .doesNotContain("guess");
            assertThat(((NotSent) stranger.send(Deliveries.to(PHONE, "hello"))).scope())
                    .isEqualTo(SendResult.Scope.ACCOUNT);
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
    @CsvSource({"SERVER_ERROR,500", "CUT,the request was written", "HANG,the request was written", "RUBBISH,JSON"})
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
        Delivery delivery = Deliveries.within(PHONE, "hello", Duration.ofSeconds(1));
        assertThat(sender.send(delivery)).isInstanceOf(Unknown.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void wasNotSentWhenNobodyListens() {
        provider.close();
        assertThat(((NotSent) sender.send(Deliveries.to(PHONE, "hello"))).reason())
                .contains("could not connect");
    }

    @Test
    void tellsTheDispatcherWhatItNeeds() {
        assertThat(sender.channel()).isEqualTo(Channel.SMS);
        assertThat(sender.concurrency()).isEqualTo(64);
        assertThat(sender.keyLifetime()).isZero();
        assertThat(sender.timeout()).isGreaterThan(options.timeout());
    }
}
