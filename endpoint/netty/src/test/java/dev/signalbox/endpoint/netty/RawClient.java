package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A WebSocket client over a bare socket that does what it is told, right or wrong. It shares no code with the endpoint. */
final class RawClient implements AutoCloseable {
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;
    static final int FIN = 0x80;
    static final int COMPRESSED = 0x40;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int[] MASK = {0x37, 0xFA, 0x21, 0x3D};

    private final Socket socket;
    private final DataInputStream in;
    /** Compression was negotiated. */
    private boolean inflates;

    private int compressedFrames;

    /** The server's answer to a request. */
    record Response(int status, Map<String, String> headers, String body) {
        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }
    }

    /** A frame of the server. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Received(int opcode, byte[] payload) {
        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return JSON.readTree(payload);
        }

        /** The status code of a close frame; 1005, as RFC 6455 has it, if there is none. */
        int code() {
            return payload.length == 0 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }
    }

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    void send(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        socket.getOutputStream().write(all.toByteArray());
    }

    void send(String ascii) throws IOException {
        send(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    /** The same in pieces of so many bytes, each for itself on its way. */
    void sendChopped(byte[] bytes, int size) throws IOException {
        for (int at = 0; at < bytes.length; at += size) {
            socket.getOutputStream().write(bytes, at, Math.min(size, bytes.length - at));
        }
    }

    static String upgradeRequest(String target, String... headers) {
        Map<String, String> all = new HashMap<>(Map.of(
                "Host", "x",
                "Upgrade", "websocket",
                "Connection", "Upgrade",
                "Sec-WebSocket-Version", "13",
                "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\n");
        all.forEach((name, value) -> request.append(value.isEmpty() ? "" : name + ": " + value + "\r\n"));
        return request.append("\r\n").toString();
    }

    /** Asks for an upgrade; an empty value leaves a header out. */
    Response upgrade(String target, String... headers) throws IOException {
        send(upgradeRequest(target, headers));
        Response response = response();
        inflates = response.header("sec-websocket-extensions").isPresent();
        return response;
    }

    /** An upgrade, and then the welcome. */
    RawClient connect(String id, String query, String... headers) throws IOException {
        assertThat(upgrade("/ws?access_token=" + id + query, headers).status()).isEqualTo(101);
        assertThat(next().json().get("client").asString()).isEqualTo(id);
        return this;
    }

    Response response() throws IOException {
        String status = line();
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] pair = line.split(":", 2);
            headers.merge(pair[0].toLowerCase(Locale.ROOT), pair[1].strip(), (one, other) -> one + ", " + other);
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Response(
                Integer.parseInt(status.substring(9, 12)), headers, new String(body, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    /** A masked frame; {@code first} is its first byte. */
    static byte[] frame(int first, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length <= 0xFFFF) {
            frame.put((byte) 0xFE).putShort((short) payload.length);
        } else {
            frame.put((byte) 0xFF).putLong(payload.length);
        }
        for (int each : MASK) {
            frame.put((byte) each);
        }
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i % 4]));
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    static byte[] frame(int first, String payload) {
        return frame(first, payload.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return frame(
                FIN | CLOSE,
                ByteBuffer.allocate(2 + text.length)
                        .putShort((short) code)
                        .put(text)
                        .array());
    }

    /** The next frame of the server, checked for what holds for all. */
    Received next() throws IOException {
        int first = in.readUnsignedByte();
        boolean compressed = inflates && (first & 0x08) == 0 && (first & COMPRESSED) != 0;
        assertThat(first & (compressed ? 0xB0 : 0xF0))
                .as("final, without reserved bits")
                .isEqualTo(FIN);
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Received(first & 0x0F, compressed ? inflate(payload) : payload);
    }

    /** With a new context for each message: the server has promised that it takes none over. */
    private byte[] inflate(byte[] payload) throws IOException {
        compressedFrames++;
        byte[] whole = Arrays.copyOf(payload, payload.length + 4);
        whole[payload.length + 2] = (byte) 0xFF;
        whole[payload.length + 3] = (byte) 0xFF;
        Inflater inflater = new Inflater(true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] chunk = new byte[8_192];
        try {
            inflater.setInput(whole);
            for (int count = inflater.inflate(chunk); count > 0; count = inflater.inflate(chunk)) {
                out.write(chunk, 0, count);
            }
        } catch (DataFormatException e) {
            throw new IOException("a compressed frame that is none", e);
        } finally {
            inflater.end();
        }
        return out.toByteArray();
    }

    /** How many frames came compressed. */
    int compressedFrames() {
        return compressedFrames;
    }

    /** What comes up to the close frame, which is the last; nothing may follow but the end. */
    List<Received> untilClosed() throws IOException {
        List<Received> all = new ArrayList<>();
        do {
            all.add(next());
        } while (all.getLast().opcode() != CLOSE);
        assertThat(rest()).as("the end after the close frame").isEmpty();
        return all;
    }

    /** All that still comes; who is still writing sees the end as a reset. */
    private byte[] rest() throws IOException {
        try {
            return in.readAllBytes();
        } catch (EOFException | SocketException e) {
            return new byte[0];
        }
    }

    /** The status code that the server closes with, whatever comes before. */
    int closeCode() throws IOException {
        return untilClosed().getLast().code();
    }

    /** Waits for the end of the connection, with or without a goodbye. */
    void awaitEnd() throws IOException {
        rest();
    }

    Socket socket() {
        return socket;
    }

    /** Leaves without a goodbye, and without waiting for what is under way. */
    void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
