package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A client that speaks in datagrams. It shares no code with the endpoint. For one thread. */
final class UdpClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE = 10_000;

    private final DatagramSocket socket;
    private final Queue<JsonNode> frames = new ArrayDeque<>();
    private String key = "";
    private int largest;

    UdpClient(int port) {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            socket.connect(InetAddress.getLoopbackAddress(), port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks for a key and shows a token with it. */
    static UdpClient welcomed(int port, String token) {
        UdpClient client = new UdpClient(port);
        client.askForKey();
        client.say("{\"type\":\"auth\",\"token\":\"" + token + "\"}");
        assertThat(client.next("welcome").get("client").asString()).isEqualTo(token);
        return client;
    }

    void askForKey() {
        send("\n" + " ".repeat(UdpHandler.MIN_QUESTION - 1));
        key = next("key").get("key").asString();
    }

    String key() {
        return key;
    }

    int localPort() {
        return socket.getLocalPort();
    }

    /** The largest datagram that came, in bytes. */
    int largest() {
        return largest;
    }

    void say(String frames) {
        send(key + "\n" + frames);
    }

    void send(String datagram) {
        byte[] bytes = datagram.getBytes(StandardCharsets.UTF_8);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame, which has to be of that type. */
    JsonNode next(String type) {
        JsonNode frame = read(PATIENCE).orElseThrow(() -> new AssertionError("no " + type + " came"));
        assertThat(frame.get("type").asString()).as(frame.toString()).isEqualTo(type);
        return frame;
    }

    /** Whether nothing comes until an answer to something else has. */
    void assertNothingBefore(UdpClient other) {
        other.say("{\"type\":\"ping\",\"id\":\"barrier\"}");
        other.next("pong");
        assertThat(read(50)).isEmpty();
    }

    private Optional<JsonNode> read(int millis) {
        if (frames.isEmpty()) {
            byte[] buffer = new byte[65_535];
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.setSoTimeout(millis);
                socket.receive(packet);
            } catch (SocketTimeoutException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            largest = Math.max(largest, packet.getLength());
            String text = new String(buffer, 0, packet.getLength(), StandardCharsets.UTF_8);
            List.of(text.split("\n")).forEach(line -> frames.add(JSON.readTree(line)));
        }
        return Optional.ofNullable(frames.poll());
    }

    @Override
    public void close() {
        socket.close();
    }
}
