package dev.signalbox.delivery.sms;

import static dev.signalbox.delivery.sms.Deliveries.PHONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.delivery.queue.SendResult.NotSent;
import dev.signalbox.testing.services.SelfSigned;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import dev.signalbox.tls.Trust;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the simulated provider with a certificate that signs itself. */
class SmsSenderTlsTest {
    @Test
    void believesTheProviderOnlyByTheTrustThatItIsGiven(@TempDir Path folder) {
        var certificate = SelfSigned.forNames(folder, "provider", "ip:127.0.0.1");
        var tls = SmsSimulatorOptions.defaults().withTls(certificate.context());
        try (var provider = SmsSimulator.start(tls)) {
            assertThat(((NotSent) send(provider, Trust.system())).reason()).contains("certif");
            assertThat(provider.stats().requests()).isZero();
            assertThat(send(provider, Trust.inFile(certificate.pem()))).isInstanceOf(Accepted.class);
            assertThat(send(provider, Trust.anyone())).isInstanceOf(Accepted.class);
        }
    }

    private static SendResult send(SmsSimulator provider, Trust trust) {
        var options = SmsOptions.defaults()
                .withTimeout(Duration.ofSeconds(20), Duration.ofSeconds(20))
                .withTrust(trust);
        try (var sender = SmsSender.of(GenericProvider.of(provider.sendUrl(), "mock-token"), options)) {
            return sender.send(Deliveries.to(PHONE, "hello"));
        }
    }
}
