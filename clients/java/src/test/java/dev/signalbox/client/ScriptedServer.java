package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/**
 * A WebSocket server that says what a test wants and shows what a client says: for what a real server does not do, or not when it is
 * wanted. It takes one connection after another. For one thread.
 */
final class ScriptedServer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    private final ServerSocket listener;
    private final List<Peer> peers = new ArrayList<>();

    ScriptedServer() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            listener.setSoTimeout(PATIENCE_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI url() {
        return URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/ws");
    }

    /** The next connection, with its handshake done. */
    Peer accept() {
        try {
            Peer peer = new Peer(listener.accept());
            peers.add(peer);
            return peer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Breaks all connections, so that no client waits for a goodbye. */
    @Override
    public void close() throws IOException {
        listener.close();
        peers.forEach(Peer::close);
    }

    /** One connection of a client. */
    static final class Peer implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private final Queue<JsonNode> frames = new ArrayDeque<>();
        /** The first line of the handshake. */
        final String request;

        private Peer(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
            request = line();
            String key = "";
            for (String header = line(); !header.isEmpty(); header = line()) {
                if (header.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
                    key = header.substring(header.indexOf(':') + 1).strip();
                }
            }
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        private static String accept(String key) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-1")
                        .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
                return Base64.getEncoder().encodeToString(digest);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-1", e);
            }
        }

        /** The next frame of the client, which has to be of that type. */
        JsonNode read(String type) {
            try {
                while (frames.isEmpty()) {
                    readMessage();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            JsonNode frame = frames.remove();
            assertThat(frame.path("type").asString("")).as(frame.toString()).isEqualTo(type);
            return frame;
        }

        private void readMessage() throws IOException {
            int opcode = in.readUnsignedByte() & 0x0f;
            int length = in.readUnsignedByte() & 0x7f;
            long size = length == 127 ? in.readLong() : length == 126 ? in.readUnsignedShort() : length;
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(Math.toIntExact(size));
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            if (opcode == PING) {
                return;
            }
            assertThat(opcode).as("opcode").isEqualTo(TEXT);
            try (MappingIterator<JsonNode> each =
                    JsonMapper.shared().readerFor(JsonNode.class).readValues(payload)) {
                each.forEachRemaining(frames::add);
            }
        }

        /** Says welcome; {@code more} are fields of it. */
        void welcome(String session, int maxFrame, int idle, String more) {
            say("{\"type\":\"welcome\",\"client\":\"alice\",\"session\":\"" + session + "\",\"limits\":{\"frame\":"
                    + maxFrame + ",\"idle\":" + idle + "}" + more + "}");
        }

        /** Says welcome as a server does that allows for much, and keeps the session under a token. */
        void welcome(String session, String token) {
            welcome(session, 1 << 20, 60_000, ",\"resume\":{\"token\":\"" + token + "\",\"within\":30000}");
        }

        void say(String json) {
            write(TEXT, json.getBytes(StandardCharsets.UTF_8));
        }

        /** Ends the connection with a code, and without waiting for the client's. */
        void end(int code) {
            byte[] reason = "scripted".getBytes(StandardCharsets.US_ASCII);
            write(
                    CLOSE,
                    ByteBuffer.allocate(Short.BYTES + reason.length)
                            .putShort((short) code)
                            .put(reason)
                            .array());
        }

        private void write(int opcode, byte[] payload) {
            ByteBuffer frame = ByteBuffer.allocate(payload.length + 10).put((byte) (0x80 | opcode));
            if (payload.length < 126) {
                frame.put((byte) payload.length);
            } else {
                frame.put((byte) 126).putShort((short) payload.length);
            }
            try {
                out.write(frame.array(), 0, frame.put(payload).position());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Breaks it. */
        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
