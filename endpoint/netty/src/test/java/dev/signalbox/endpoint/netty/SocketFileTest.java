package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.endpoint.netty.ListenerOptions.Proxies;
import dev.signalbox.endpoint.netty.ListenerOptions.UnixSocket;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.EndpointException;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is a Unix socket's own, beyond the contract of all endpoints. */
@Timeout(60)
class SocketFileTest {
    private final List<Router> routers = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        routers.forEach(Router::close);
    }

    private Path file() {
        return folder.resolve("s");
    }

    private Router router() {
        Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));
        routers.add(router);
        return router;
    }

    private Endpoint endpoint(Transport transport, ListenerOptions listener) {
        return TcpEndpoint.create(
                transport.loops(),
                new TcpOptions(listener, TcpOptions.Framing.LINES),
                token -> Optional.of(new Principal(token, Map.of())),
                ConnectionListener.NONE);
    }

    private ListenerOptions options(String mode) {
        return ListenerOptions.on(0).at(new UnixSocket(file(), PosixFilePermissions.fromString(mode)));
    }

    private Router open(Transport transport, String mode) {
        Router router = router();
        router.attach(endpoint(transport, options(mode)));
        return router;
    }

    /** The first line that a client gets who says this. */
    private String answer(String said) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file()))) {
            channel.write(ByteBuffer.wrap(said.getBytes(StandardCharsets.UTF_8)));
            var in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            return String.valueOf(in.readLine());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void theFileHasItsPermissionsAndGoesWithTheEndpoint(Transport transport) throws IOException {
        Router router = open(transport, "rw-rw----");

        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        assertThat(answer("{\"type\":\"auth\",\"token\":\"alice\"}\n")).contains("welcome");
        assertThat(folder.resolve("s.new")).doesNotExist();
        router.close();
        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void aFileThatADeadProcessLeftIsReplaced(Transport transport) throws IOException {
        leaveStaleFile();
        open(transport, "rw-------");
        assertThat(answer("{\"type\":\"auth\",\"token\":\"alice\"}\n")).contains("welcome");
    }

    private void leaveStaleFile() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(file()));
        }
        assertThat(file()).exists();
    }

    @Test
    void aFileThatSomebodyListensOnIsLeftAlone() throws IOException {
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(file()));
            assertThatThrownBy(() -> open(Transport.NATIVE, "rw-------"))
                    .isInstanceOf(EndpointException.class)
                    .hasMessageContaining("somebody listens there")
                    .hasMessageContaining(file().toString());
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file()))) {
                assertThat(client.isConnected()).isTrue();
            }
        }
    }

    /** The lock tells it, also before the other has bound its file. */
    @Test
    void oneOfTwoEndpointsGetsThePath() throws IOException {
        try (SocketFile first =
                SocketFile.claim(new UnixSocket(file(), PosixFilePermissions.fromString("rw-------")))) {
            assertThat(first.unseen()).doesNotExist();
            assertThatThrownBy(() -> open(Transport.NATIVE, "rw-------"))
                    .isInstanceOf(EndpointException.class)
                    .hasMessageContaining("somebody listens there");
        }
        open(Transport.NATIVE, "rw-------");
        assertThat(answer("{\"type\":\"auth\",\"token\":\"alice\"}\n")).contains("welcome");
    }

    /** Else what is closed afterwards could remove what another endpoint has begun there. */
    @Test
    void aPathThatCouldNotBeTakenIsHeldUntilTheEnd() throws IOException {
        UnixSocket socket = new UnixSocket(file(), PosixFilePermissions.fromString("rw-------"));
        try (SocketFile first = SocketFile.claim(socket)) {
            Files.createDirectory(file());
            Files.createFile(first.unseen());
            assertThatThrownBy(first::publish)
                    .isInstanceOf(EndpointException.class)
                    .hasMessageContaining(file().toString());
            assertThatThrownBy(() -> SocketFile.claim(socket)).hasMessageContaining("somebody listens there");
        }
        assertThat(folder.resolve("s.new")).doesNotExist();
        assertThat(file()).isDirectory();
    }

    @Test
    void whatIsNoSocketIsNotRemoved() throws IOException {
        Files.writeString(file(), "precious");
        assertThatThrownBy(() -> open(Transport.NATIVE, "rw-------"))
                .isInstanceOf(EndpointException.class)
                .hasMessageContaining("not a socket");
        assertThat(file()).hasContent("precious");
    }

    @Test
    void aFileThatTookThePlaceIsNotRemoved() throws IOException {
        Router router = open(Transport.NATIVE, "rw-------");
        Files.delete(file());
        Files.writeString(file(), "another's");
        router.close();
        assertThat(file()).hasContent("another's");
    }

    @Test
    void aPathThatIsTooLongAndAFolderThatIsNotThereAreToldInWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new UnixSocket(Path.of("/" + "x".repeat(97)), PosixFilePermissions.fromString("rw-------")))
                .withMessageContaining("97 bytes");
        Path missing = folder.resolve("missing").resolve("s");
        ListenerOptions there =
                ListenerOptions.on(0).at(new UnixSocket(missing, PosixFilePermissions.fromString("rw-------")));
        assertThatThrownBy(() -> router().attach(endpoint(Transport.NATIVE, there)))
                .isInstanceOf(EndpointException.class)
                .hasMessageContaining("its folder exists");
    }

    /** Nobody has an address there: what counts is the limit of all. */
    @Test
    void theLimitOfAnAddressDoesNotHoldAndThatOfAllDoes() throws IOException {
        ListenerOptions listener = options("rw-------");
        ListenerOptions.Limits usual = listener.limits();
        router().attach(endpoint(
                Transport.NATIVE,
                listener.withLimits(new ListenerOptions.Limits(
                        usual.maxFrameBytes(),
                        usual.maxOutboundBytes(),
                        2,
                        1,
                        usual.maxMessagesPerSecond(),
                        usual.minBytesPerSecond()))));
        try (SocketChannel first = SocketChannel.open(UnixDomainSocketAddress.of(file()))) {
            assertThat(answer("{\"type\":\"auth\",\"token\":\"alice\"}\n")).contains("welcome");
            assertThat(first.isConnected()).isTrue();
        }
    }

    /** Who may open the file is trusted, whatever the addresses of proxies on ports. */
    @Test
    void aProxyTellsTheClientsAddress() throws IOException {
        Proxies proxies = new Proxies(AddressSource.PROXY_PROTOCOL, List.of(AddressRange.parse("192.0.2.1")));
        Router router = router();
        router.attach(endpoint(Transport.NATIVE, options("rw-------").withProxies(proxies)));
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file()))) {
            String said = "PROXY TCP4 203.0.113.7 203.0.113.1 1234 80\r\n{\"type\":\"auth\",\"token\":\"alice\"}\n";
            channel.write(ByteBuffer.wrap(said.getBytes(StandardCharsets.UTF_8)));
            var in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            assertThat(in.readLine()).contains("welcome");
            assertThat(router.sessions("alice"))
                    .singleElement()
                    .satisfies(session -> assertThat(session.remoteAddress()).isEqualTo("203.0.113.7:1234"));
        }
    }
}
