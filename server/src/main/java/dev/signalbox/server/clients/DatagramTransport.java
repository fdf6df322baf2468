package dev.signalbox.server.clients;

import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Frames over UDP, each a datagram with the key that the server has given. What gets lost is not sent again, but for what connects. */
final class DatagramTransport implements ClientTransport {
    private static final int LARGEST_DATAGRAM = 65_535;
    /** Of a datagram that asks for a key: the answer is no larger. */
    private static final int QUESTION = 64;

    private static final int QUESTIONS = 5;
    private static final int GREETINGS = 3;

    private final DatagramSocket socket;
    private final String key;
    private final int maxBytes;
    private final Listener listener;
    private final AtomicBoolean closing = new AtomicBoolean();

    private DatagramTransport(DatagramSocket socket, String key, int maxBytes, Listener listener) {
        this.socket = socket;
        this.key = key;
        this.maxBytes = maxBytes;
        this.listener = listener;
    }

    static ClientTransport open(URI url, Secret token, Listener listener) {
        DatagramSocket socket = null;
        try {
            socket = new DatagramSocket();
            socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
            return greeted(socket, token, listener);
        } catch (IOException e) {
            if (socket != null) {
                socket.close();
            }
            throw ClientTransport.unreachable(url, FailureText.of(e), e);
        }
    }

    /** The server takes nothing else before it has answered the token. If its answer does not come, it is asked with a new key. */
    private static ClientTransport greeted(DatagramSocket socket, Secret token, Listener listener) throws IOException {
        String auth = RestClient.JSON
                .createObjectNode()
                .put("type", "auth")
                .put("token", token.value())
                .toString();
        for (int i = 0; i < GREETINGS; i++) {
            String key = key(socket);
            send(socket, key + "\n" + auth);
            try {
                socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
                return begun(socket, key, answer(socket), listener);
            } catch (SocketTimeoutException e) {
                // The token or the answer is lost.
            }
        }
        throw new IOException("no answer to the token came");
    }

    private static String key(DatagramSocket socket) throws IOException {
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis() / QUESTIONS));
        for (int i = 0; i < QUESTIONS; i++) {
            send(socket, "\n" + " ".repeat(QUESTION - 1));
            try {
                String key = first(receive(socket)).path("key").asString("");
                if (!key.isEmpty()) {
                    return key;
                }
            } catch (SocketTimeoutException e) {
                // The question or the answer is lost.
            }
        }
        throw new IOException("no answer came");
    }

    /** Of a question that was repeated, another key may come late. */
    private static String answer(DatagramSocket socket) throws IOException {
        String frames = receive(socket);
        while (first(frames).has("key")) {
            frames = receive(socket);
        }
        return frames;
    }

    /** The first frame of a datagram. */
    private static JsonNode first(String frames) throws IOException {
        try {
            return RestClient.JSON.readTree(frames.lines().findFirst().orElse(""));
        } catch (JacksonException e) {
            throw new IOException("what came is not JSON; is this the port of the clients?", e);
        }
    }

    /** {@code answer} has the server's first frames, of which the first says what it takes, or that it takes nothing. */
    private static ClientTransport begun(DatagramSocket socket, String key, String answer, Listener listener)
            throws IOException {
        JsonNode limits = first(answer).path("limits");
        Duration idle = Duration.ofMillis(limits.path("idle").asLong(PATIENCE.toMillis()));
        // A server that hears nothing for half of this time asks whether the client is there.
        socket.setSoTimeout(Math.toIntExact(idle.multipliedBy(3).dividedBy(2).toMillis()));
        DatagramTransport transport =
                new DatagramTransport(socket, key, limits.path("frame").asInt(LARGEST_DATAGRAM), listener);
        Thread.ofVirtual().name("connect").start(() -> transport.readAll(answer));
        return transport;
    }

    private static void send(DatagramSocket socket, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[LARGEST_DATAGRAM], LARGEST_DATAGRAM);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    /** Each line of a datagram is a frame. */
    private void readAll(String first) {
        try {
            for (String frames = first; ; frames = receive(socket)) {
                frames.lines().forEach(listener::frame);
            }
        } catch (SocketTimeoutException e) {
            listener.failed("the server says nothing any more");
        } catch (IOException e) {
            if (!closing.get()) {
                listener.failed("the connection broke: " + FailureText.of(e));
            }
        }
    }

    @Override
    public void write(String json) {
        String datagram = key + "\n" + json;
        int size = datagram.getBytes(StandardCharsets.UTF_8).length;
        if (size > maxBytes) {
            listener.failed("a frame takes a datagram of " + size + " bytes, and the server takes " + maxBytes
                    + "; connect over another transport for such messages");
            return;
        }
        try {
            send(socket, datagram);
        } catch (IOException e) {
            listener.failed("the connection broke: " + FailureText.of(e));
        }
    }

    /** Nobody answers a goodbye over UDP. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            try {
                send(socket, key + "\n");
            } catch (IOException e) {
                listener.failed("the server was not told of the end: " + FailureText.of(e));
            } finally {
                socket.close();
            }
        }
    }
}
