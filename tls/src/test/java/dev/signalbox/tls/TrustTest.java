package dev.signalbox.tls;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testing.services.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handshakes with servers whose certificates sign themselves, made by the JDK's keytool. */
class TrustTest {
    private static final int PATIENCE_MILLIS = 20_000;

    /** Shakes hands with each client, and says so to one that asks by HTTP. */
    private record Server(ServerSocket socket) implements AutoCloseable {
        static Server as(SelfSigned identity) throws IOException {
            var listening = identity.context()
                    .getServerSocketFactory()
                    .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
            var server = new Server(listening);
            Thread.ofVirtual().start(server::serve);
            return server;
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    client.setSoTimeout(PATIENCE_MILLIS);
                    if (client.getInputStream().read() >= 0) {
                        client.getOutputStream()
                                .write("HTTP/1.1 204 Hello\r\nConnection: close\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException refused) {
                    // The client did not believe us, or the test is over.
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @TempDir
    private static Path folder;

    private static SelfSigned valid;
    private static SelfSigned expired;

    @BeforeAll
    static void make() {
        valid = SelfSigned.forNames(folder, "valid", "ip:127.0.0.1");
        expired = SelfSigned.expired(folder, "expired", "ip:127.0.0.1");
    }

    private static void shakeHands(Trust trust, Server server, String host) throws IOException {
        var plain = new Socket(InetAddress.getLoopbackAddress(), server.socket().getLocalPort());
        try (var secure = trust.over(plain, host, plain.getPort())) {
            secure.setSoTimeout(PATIENCE_MILLIS);
            secure.startHandshake();
        }
    }

    @Test
    void believesTheCertificatesOfItsFileAndNoOthers() throws Exception {
        try (var server = Server.as(valid)) {
            shakeHands(Trust.inFile(valid.pem()), server, "127.0.0.1");
            assertThatThrownBy(() -> shakeHands(Trust.inFile(expired.pem()), server, "127.0.0.1"))
                    .isInstanceOf(SSLException.class);
            assertThatThrownBy(() -> shakeHands(Trust.system(), server, "127.0.0.1"))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void refusesATrustedCertificateOfAnotherHost() throws Exception {
        try (var server = Server.as(valid)) {
            assertThatThrownBy(() -> shakeHands(Trust.inFile(valid.pem()), server, "other.example"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("other.example");
        }
    }

    /** As a library does that leaves the name to its context. */
    private static void shakeHandsWithoutAWord(Trust trust, Server server, String host) throws IOException {
        var plain = new Socket(InetAddress.getLoopbackAddress(), server.socket().getLocalPort());
        var factory = trust.nameCheckingContext().getSocketFactory();
        try (var secure = (SSLSocket) factory.createSocket(plain, host, plain.getPort(), true)) {
            secure.setSoTimeout(PATIENCE_MILLIS);
            secure.startHandshake();
        }
    }

    @Test
    void itsContextChecksTheNameForThoseWhoDoNot() throws Exception {
        try (var server = Server.as(valid)) {
            shakeHandsWithoutAWord(Trust.inFile(valid.pem()), server, "127.0.0.1");
            assertThatThrownBy(() -> shakeHandsWithoutAWord(Trust.inFile(valid.pem()), server, "other.example"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("other.example");
            shakeHandsWithoutAWord(Trust.anyone(), server, "other.example");
        }
    }

    @Test
    void whoBelievesNobodyRefusesEveryServer() throws Exception {
        try (var server = Server.as(valid)) {
            assertThatThrownBy(() -> shakeHands(Trust.nobody(), server, "127.0.0.1"))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void refusesACertificateOfThePastThatIsItselfInTheFile() throws Exception {
        try (var server = Server.as(expired)) {
            assertThatThrownBy(() -> shakeHands(Trust.inFile(expired.pem()), server, "127.0.0.1"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("not valid today");
        }
    }

    @Test
    void refusesItForTheJdksClientToo() throws Exception {
        var trust = Trust.inFile(expired.pem());
        try (var server = Server.as(expired);
                var client = HttpClient.newBuilder().sslContext(trust.context()).build()) {
            var url = URI.create("https://127.0.0.1:" + server.socket().getLocalPort());
            var request = HttpRequest.newBuilder(url)
                    .timeout(Duration.ofMillis(PATIENCE_MILLIS))
                    .build();
            assertThatThrownBy(() -> client.send(request, BodyHandlers.discarding()))
                    .hasStackTraceContaining("not valid today");
        }
    }

    @Test
    void believesAnyoneOnlyWhenToldTo() throws Exception {
        try (var server = Server.as(expired)) {
            shakeHands(Trust.of(Optional.empty(), true), server, "other.example");
            assertThatThrownBy(() -> shakeHands(Trust.of(Optional.empty(), false), server, "127.0.0.1"))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void namesTheFileThatIsOfNoUse() throws Exception {
        var empty = Files.writeString(folder.resolve("empty.pem"), "");
        var text = Files.writeString(folder.resolve("text.pem"), "-----BEGIN CERTIFICATE-----\nhello\n");
        var missing = folder.resolve("missing.pem");
        for (var file : List.of(empty, text, missing)) {
            assertThatThrownBy(() -> Trust.inFile(file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(file.getFileName().toString());
        }
    }
}
