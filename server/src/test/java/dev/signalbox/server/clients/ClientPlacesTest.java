package dev.signalbox.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.TestServer;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where a whole server takes clients, beside its ports for WebSocket, TCP and gRPC. */
@Timeout(120)
class ClientPlacesTest {
    @TempDir
    private Path folder;

    @Test
    void httpIsSpokenOnAUnixSocketThatGoesWithTheServer() throws Exception {
        Path file;
        try (TestServer server = new TestServer(folder)) {
            file = server.socket();
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
                channel.write(ByteBuffer.wrap(
                        "GET /health HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
                assertThat(new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 200");
            }
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void udpIsSpokenOnAPort() throws Exception {
        try (TestServer server = new TestServer(folder);
                DatagramSocket socket = new DatagramSocket()) {
            socket.connect(InetAddress.getLoopbackAddress(), server.udpPort());
            socket.setSoTimeout(20_000);
            String key = said(socket, "\n" + " ".repeat(63)).replaceAll(".*\"key\":\"([^\"]+)\".*", "$1");
            String token = Files.readString(Path.of(server.tokenOf("alice")));

            assertThat(said(socket, key + "\n{\"type\":\"auth\",\"token\":\"" + token + "\"}"))
                    .contains("\"type\":\"welcome\"", "\"client\":\"alice\"", "\"frame\":1200");
        }
    }

    private static String said(DatagramSocket socket, String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length));
        byte[] buffer = new byte[2_000];
        DatagramPacket answer = new DatagramPacket(buffer, buffer.length);
        socket.receive(answer);
        return new String(buffer, 0, answer.getLength(), StandardCharsets.UTF_8);
    }
}
