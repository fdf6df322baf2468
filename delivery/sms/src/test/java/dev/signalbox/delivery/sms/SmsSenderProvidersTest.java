package dev.signalbox.delivery.sms;

import static dev.signalbox.delivery.sms.Deliveries.PHONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.NotSent;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The providers' contracts, each against its simulated API. */
class SmsSenderProvidersTest {
    enum Api {
        TWILIO,
        VONAGE;

        SmsProvider provider(URI root, String token) {
            return switch (this) {
                case TWILIO -> TwilioProvider.of(root, "AC0123456789abcdef0123456789abcdef", token, "+15005550006");
                case VONAGE -> VonageProvider.of(root, "abcd1234", token, "Signalbox");
            };
        }
    }

    private final SmsSimulator simulator = SmsSimulator.start(SmsSimulatorOptions.defaults());

    @AfterEach
    void close() {
        simulator.close();
    }

    private SendResult send(Api api, String token) {
        var options = SmsOptions.defaults().withTimeout(Duration.ofSeconds(20), Duration.ofSeconds(20));
        try (var sender = SmsSender.of(api.provider(simulator.url("/"), token), options)) {
            return sender.send(Deliveries.to(PHONE, "Grüße, 1 + 1 = 2 & 你好"));
        }
    }

    @ParameterizedTest
    @EnumSource(Api.class)
    void aMessageArrivesAsItWasWritten(Api api) {
        assertThat(Meanings.of(send(api, "mock-token"))).isEqualTo("accepted");
        assertThat(simulator.messages(10)).singleElement().satisfies(message -> {
            assertThat(message.phoneNumber()).isEqualTo(PHONE);
            assertThat(message.content()).isEqualTo("Grüße, 1 + 1 = 2 & 你好");
        });
    }

    @ParameterizedTest
    @EnumSource(Api.class)
    void aWrongTokenIsTheAccountsFault(Api api) {
        assertThat(Meanings.of(send(api, "guess"))).isEqualTo("account");
        assertThat(simulator.stats().accepted()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Api.class)
    void aNumberThatOptedOutIsRejected(Api api) {
        simulator.behave(Behaviour.perfect().withRefused(Set.of(PHONE)));
        assertThat(Meanings.of(send(api, "mock-token"))).isEqualTo("rejected");
    }

    @ParameterizedTest
    @EnumSource(Api.class)
    void tooManyIsNotSentAndWaitsAsAsked(Api api) {
        simulator.behave(Behaviour.perfect().withFault(Fault.TOO_MANY, 1).withRetryAfter(Duration.ofSeconds(7)));
        assertThat(send(api, "mock-token"))
                .isInstanceOfSatisfying(
                        NotSent.class,
                        result -> assertThat(result.retryAfter()).isEqualTo(Optional.of(Duration.ofSeconds(7))));
    }

    @ParameterizedTest
    @EnumSource(Api.class)
    void whatFailedAtTheProviderMayHaveBeenSent(Api api) {
        for (var fault : Set.of(Fault.SERVER_ERROR, Fault.CUT, Fault.RUBBISH)) {
            simulator.behave(Behaviour.perfect().withFault(fault, 1));
            assertThat(Meanings.of(send(api, "mock-token"))).as(fault.name()).isEqualTo("unknown");
        }
    }
}
