package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are renewed while the server runs. */
@Timeout(60)
class CertificateReloadTest {
    private final Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));
    private int changes;

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        router.close();
    }

    private TcpEndpoint open(ListenerOptions.Tls files) {
        TcpEndpoint endpoint = (TcpEndpoint) TcpEndpoint.create(
                Transport.NATIVE.loops(),
                new TcpOptions(ListenerOptions.on(0).withTls(files), TcpOptions.Framing.LINES),
                token -> Optional.of(new Principal(token, Map.of())),
                ConnectionListener.NONE);
        router.attach(endpoint);
        return endpoint;
    }

    private static Socket connect(TcpEndpoint endpoint, X509Bundle trusted) throws Exception {
        int port = endpoint.address().getPort();
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket = (SSLSocket)
                TestCertificate.trusting(trusted).getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    /** However coarse the clock of the file system is, the files are seen to have changed. */
    private void touch(ListenerOptions.Tls files) throws IOException {
        changes++;
        FileTime later = FileTime.from(Instant.now().plusSeconds(10L * changes));
        Files.setLastModifiedTime(files.certificateChain(), later);
        Files.setLastModifiedTime(files.privateKey(), later);
    }

    private static void assertAnswers(Socket socket, String text, String begin) throws IOException {
        socket.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
        assertThat(new String(socket.getInputStream().readNBytes(begin.length()), StandardCharsets.UTF_8))
                .isEqualTo(begin);
    }

    @Test
    void newConnectionsGetTheNewCertificateAndTheOthersStay() throws Exception {
        X509Bundle before = TestCertificate.forLoopback();
        X509Bundle after = TestCertificate.forLoopback();
        ListenerOptions.Tls files = TestCertificate.write(before, folder);
        TcpEndpoint endpoint = open(files);
        try (Socket old = connect(endpoint, before)) {
            TestCertificate.write(after, folder);
            touch(files);
            endpoint.refreshCertificates();
            endpoint.refreshCertificates();

            try (Socket renewed = connect(endpoint, after)) {
                assertAnswers(renewed, "{\"type\":\"auth\",\"token\":\"new\"}", "{\"type\":\"welcome\"");
            }
            assertThatExceptionOfType(SSLException.class).isThrownBy(() -> connect(endpoint, before));
            assertAnswers(old, "{\"type\":\"auth\",\"token\":\"old\"}", "{\"type\":\"welcome\"");
        }
    }

    @Test
    void filesAreReadOnceTheyHaveSettled() throws Exception {
        ListenerOptions.Tls files = TestCertificate.write(TestCertificate.forLoopback(), folder);
        Certificates certificates = new Certificates(files, List.of());
        SslContext first = certificates.current();
        TestCertificate.write(TestCertificate.forLoopback(), folder);
        for (int look = 0; look < 2; look++) {
            touch(files);
            certificates.refresh();
            assertThat(certificates.current()).as("they may still be written").isSameAs(first);
        }
        certificates.refresh();
        assertThat(certificates.current()).isNotSameAs(first);
    }

    @Test
    void aClientThatOffersHttp2GetsHttp1() throws Exception {
        X509Bundle bundle = TestCertificate.forLoopback();
        ListenerOptions.Tls files = TestCertificate.write(bundle, folder);
        Endpoint endpoint = WebSocketEndpoint.create(
                Transport.NATIVE.loops(),
                WebSocketOptions.defaults().listening(on -> on.withPort(0).withTls(files)),
                token -> Optional.of(new Principal(token, Map.of())));
        router.attach(endpoint);
        int port = endpoint.address().getPort();
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        try (SSLSocket socket = (SSLSocket)
                TestCertificate.trusting(bundle).getSocketFactory().createSocket(plain, "127.0.0.1", port, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @Test
    void filesThatCannotBeUsedChangeNothing() throws Exception {
        X509Bundle good = TestCertificate.forLoopback();
        ListenerOptions.Tls files = TestCertificate.write(good, folder);
        TcpEndpoint endpoint = open(files);
        Files.writeString(files.certificateChain(), "not a certificate");
        touch(files);
        endpoint.refreshCertificates();
        endpoint.refreshCertificates();
        connect(endpoint, good).close();

        TestCertificate.write(good, folder);
        touch(files);
        Files.delete(files.privateKey());
        endpoint.refreshCertificates();
        endpoint.refreshCertificates();
        connect(endpoint, good).close();
    }
}
