package dev.signalbox.http;

import static dev.signalbox.testing.services.ScriptedHttpServer.answer;
import static dev.signalbox.testing.services.ScriptedHttpServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.http.Exchange.Answered;
import dev.signalbox.http.Exchange.NotWritten;
import dev.signalbox.testing.services.ScriptedHttpServer;
import dev.signalbox.testing.services.SelfSigned;
import dev.signalbox.tls.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same over TLS, with a certificate of the name api.example that signs itself. */
class HttpTransportTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path folder;

    private static SelfSigned certificate;

    @BeforeAll
    static void make() {
        certificate = SelfSigned.forNames(folder, "api", "dns:api.example");
    }

    private static HttpTransport transport(Trust trust) {
        return HttpTransport.of(HttpTransportOptions.defaults()
                .withConnectTimeout(PATIENCE)
                .withSettling(Duration.ZERO)
                .withTrust(trust));
    }

    private static HttpCall call(String host, ScriptedHttpServer server) {
        return HttpCall.post(URI.create("https://" + host + ":" + server.port() + "/hook"))
                .withBody("text/plain", new byte[] {1})
                .to(InetAddress.getLoopbackAddress());
    }

    @Test
    void namesTheHostOfTheUrlToThePinnedAddressAndKeepsTheConnection() {
        List<String> names = new CopyOnWriteArrayList<>();
        try (var server = ScriptedHttpServer.start(certificate.context(), (socket, number) -> {
                    var session = (ExtendedSSLSession) ((SSLSocket) socket).getSession();
                    session.getRequestedServerNames().forEach(name -> names.add(((SNIHostName) name).getAsciiName()));
                    write(socket, answer("200 OK", "{}"));
                });
                var transport = transport(Trust.inFile(certificate.pem()))) {
            for (int i = 0; i < 10; i++) {
                assertThat(transport.exchange(call("api.example", server), PATIENCE))
                        .isInstanceOf(Answered.class);
            }
            assertThat(names).hasSize(10).containsOnly("api.example");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void refusesACertificateOfAnotherNameOrAStranger() {
        try (var server = ScriptedHttpServer.start(
                        certificate.context(), (socket, number) -> write(socket, answer("200 OK", "{}")));
                var trusting = transport(Trust.inFile(certificate.pem()));
                var wary = transport(Trust.system())) {
            assertThat(trusting.exchange(call("other.example", server), PATIENCE))
                    .isInstanceOf(NotWritten.class);
            assertThat(wary.exchange(call("api.example", server), PATIENCE)).isInstanceOf(NotWritten.class);
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void givesUpOnAHandshakeThatNeverEnds() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var transport =
                        HttpTransport.of(HttpTransportOptions.defaults().withConnectTimeout(Duration.ofMillis(200)))) {
            var call = HttpCall.get(URI.create("https://127.0.0.1:" + silent.getLocalPort()));
            long begin = System.nanoTime();
            assertThat(transport.exchange(call, Duration.ofMinutes(5))).isInstanceOf(NotWritten.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
        }
    }
}
