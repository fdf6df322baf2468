package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.endpoint.netty.ListenerOptions.Proxies;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is plain TCP's own, beyond the contract of all endpoints. */
@Timeout(60)
class TcpEndpointTest {
    private final Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        router.close();
    }

    private int open(Transport transport, ListenerOptions listener) {
        Endpoint endpoint = TcpEndpoint.create(
                transport.loops(),
                new TcpOptions(listener, TcpOptions.Framing.LINES),
                token -> Optional.of(new Principal(token, Map.of())),
                faults::add);
        router.attach(endpoint);
        return endpoint.address().getPort();
    }

    private static Socket dial(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** As {@code printf … | nc -N} does it. */
    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void theEndOfWhatAClientSendsIsItsGoodbyeAndTheAnswersStillCome(Transport transport) throws IOException {
        try (Socket socket = dial(open(transport, ListenerOptions.on(0)))) {
            write(socket, "{\"type\":\"auth\",\"token\":\"alice\"}\r\n{\"type\":\"ping\",\"id\":\"1\"}\n");
            socket.shutdownOutput();

            assertThat(readAll(socket).lines())
                    .satisfiesExactly(
                            welcome -> assertThat(welcome).contains("\"welcome\"", "\"alice\""),
                            pong -> assertThat(pong).isEqualTo("{\"type\":\"pong\",\"id\":\"1\"}"));
        }
        await().until(() -> router.connected() == 0);
    }

    @Test
    void whatIsNotUtf8EndsTheConnectionWithTheReason() throws IOException {
        try (Socket socket = dial(open(Transport.NATIVE, ListenerOptions.on(0)))) {
            write(socket, "{\"type\":\"auth\",\"token\":\"alice\"}\n");
            socket.getOutputStream().write(new byte[] {'{', (byte) 0xC0, (byte) 0xAF});

            assertThat(readAll(socket)).contains("\"type\":\"close\",\"code\":1007");
            assertThat(faults).containsExactly(Fault.PROTOCOL);
        }
    }

    @Test
    void aConnectionOverTheLimitIsClosedAtOnce() throws IOException {
        ListenerOptions.Limits usual = ListenerOptions.on(0).limits();
        ListenerOptions one = ListenerOptions.on(0)
                .withLimits(new ListenerOptions.Limits(
                        usual.maxFrameBytes(), usual.maxOutboundBytes(), 10, 1, usual.maxMessagesPerSecond(), 0));
        int port = open(Transport.NATIVE, one);
        try (Socket first = dial(port);
                Socket second = dial(port)) {
            assertThat(readAll(second)).isEmpty();
            assertThat(faults).containsExactly(Fault.TOO_MANY_FROM_ADDRESS);
            write(first, "{\"type\":\"auth\",\"token\":\"alice\"}\n");
            await().until(() -> router.connected() == 1);
        }
    }

    @Test
    void aProxyTellsTheClientsAddress() throws IOException {
        Proxies proxies = new Proxies(AddressSource.PROXY_PROTOCOL, List.of(AddressRange.parse("127.0.0.1/32")));
        try (Socket socket = dial(open(Transport.NATIVE, ListenerOptions.on(0).withProxies(proxies)))) {
            write(socket, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 8081\r\n{\"type\":\"auth\",\"token\":\"alice\"}\n");
            await().until(() -> router.connected() == 1);
            assertThat(router.sessions("alice").getFirst().remoteAddress()).isEqualTo("192.0.2.7:4711");
        }
        Proxies headers = new Proxies(AddressSource.FORWARDED, List.of(AddressRange.parse("127.0.0.1/32")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TcpOptions(ListenerOptions.on(0).withProxies(headers), TcpOptions.Framing.LINES))
                .withMessageContaining("PROXY");
    }

    @Test
    void withMutualTlsOnlyClientsWithACertificateOfTheAuthorityConnect() throws Exception {
        X509Bundle server = TestCertificate.forLoopback();
        X509Bundle authority = authority("authority");
        ListenerOptions.Tls plain = TestCertificate.write(server, folder);
        Path trusted = Files.writeString(folder.resolve("clients.pem"), authority.getCertificatePathPEM());
        int port = open(
                Transport.NATIVE,
                ListenerOptions.on(0)
                        .withTls(new ListenerOptions.Tls(
                                plain.certificateChain(), plain.privateKey(), Optional.of(trusted))));

        X509Bundle known = new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=alice")
                .buildIssuedBy(authority);
        try (Socket socket = secure(port, server, known)) {
            write(socket, "{\"type\":\"auth\",\"token\":\"alice\"}\n");
            assertThat(new String(socket.getInputStream().readNBytes(17), StandardCharsets.UTF_8))
                    .isEqualTo("{\"type\":\"welcome\"");
        }
        assertThat(refused(port, server, authority("somebody else"))).isTrue();
        await().until(() -> faults.contains(Fault.TLS));
    }

    private static X509Bundle authority(String name) throws Exception {
        return new CertificateBuilder()
                .algorithm(CertificateBuilder.Algorithm.ecp256)
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    /** With TLS 1.3, a client learns from its first read that its certificate was not accepted. */
    private static boolean refused(int port, X509Bundle server, X509Bundle own) throws Exception {
        try (Socket socket = secure(port, server, own)) {
            write(socket, "{\"type\":\"auth\",\"token\":\"mallory\"}\n");
            return socket.getInputStream().read() < 0;
        } catch (SSLException | SocketException e) {
            return true;
        }
    }

    private static Socket secure(int port, X509Bundle server, X509Bundle own) throws Exception {
        KeyManagerFactory keys = own.toKeyManagerFactory();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), server.toTrustManagerFactory().getTrustManagers(), null);
        Socket socket = context.getSocketFactory().createSocket(dial(port), "127.0.0.1", port, true);
        socket.setSoTimeout(20_000);
        return socket;
    }
}
