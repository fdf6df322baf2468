package dev.signalbox.delivery.sms;

import static dev.signalbox.delivery.sms.Deliveries.PHONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Accepted;
import dev.signalbox.delivery.queue.SendResult.NotSent;
import dev.signalbox.testing.services.SelfSigned;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Against the simulated provider with a certificate that signs itself, made by the JDK's keytool. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpSmsTlsTest {
    private Path folder;
    private SmsSimulator provider;
    private Path certificate;

    @BeforeAll
    void start(@TempDir Path temporary) {
        folder = temporary;
        var identity = SelfSigned.forNames(folder, "provider", "ip:127.0.0.1");
        certificate = identity.pem();
        provider = SmsSimulator.start(SmsSimulatorOptions.defaults().withTls(identity.context()));
    }

    @AfterAll
    void stop() {
        provider.close();
    }

    @Test
    void refusesAStrangerByDefault() {
        var result = send(HttpSmsOptions.of(provider.sendUrl(), "mock-token"));
        assertThat(((NotSent) result).reason()).contains("certif");
    }

    @Test
    void trustsTheAuthorityItIsGiven() {
        var options = HttpSmsOptions.of(provider.sendUrl(), "mock-token").withCaFile(certificate);
        assertThat(send(options)).isInstanceOf(Accepted.class);
    }

    @Test
    void refusesATrustedCertificateOfAnotherHost() {
        var otherName = URI.create(provider.sendUrl().toString().replace("127.0.0.1", "localhost"));
        var result = send(HttpSmsOptions.of(otherName, "mock-token").withCaFile(certificate));
        assertThat(((NotSent) result).reason()).contains("localhost");
    }

    @Test
    void acceptsAnyoneOnlyWhenToldTo() {
        var otherName = URI.create(provider.sendUrl().toString().replace("127.0.0.1", "localhost"));
        assertThat(send(HttpSmsOptions.of(otherName, "mock-token").withoutVerification()))
                .isInstanceOf(Accepted.class);
    }

    @Test
    void givesUpOnAHandshakeThatNeverEnds() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var options = HttpSmsOptions.of(URI.create("https://127.0.0.1:" + silent.getLocalPort()), "t")
                    .withTimeout(Duration.ofSeconds(5), Duration.ofMillis(200));
            long begin = System.nanoTime();
            assertThat(send(options)).isInstanceOf(NotSent.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void refusesAnAuthorityFileWithoutACertificate() throws IOException {
        var empty = Files.writeString(folder.resolve("empty.pem"), "");
        var options = HttpSmsOptions.of(provider.sendUrl(), "t").withCaFile(empty);
        assertThatThrownBy(() -> new HttpSmsSender(options)).hasMessageContaining("empty.pem");
    }

    private static SendResult send(HttpSmsOptions options) {
        try (var sender = new HttpSmsSender(options)) {
            return sender.send(Deliveries.to(PHONE, "hello"));
        }
    }
}
