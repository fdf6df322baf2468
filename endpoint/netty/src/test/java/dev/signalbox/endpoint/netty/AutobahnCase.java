package dev.signalbox.endpoint.netty;

import static dev.signalbox.endpoint.netty.RawClient.BINARY;
import static dev.signalbox.endpoint.netty.RawClient.CONTINUATION;
import static dev.signalbox.endpoint.netty.RawClient.FIN;
import static dev.signalbox.endpoint.netty.RawClient.PING;
import static dev.signalbox.endpoint.netty.RawClient.PONG;
import static dev.signalbox.endpoint.netty.RawClient.TEXT;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;

/**
 * A case of the Autobahn test suite for servers: what is sent, in order, and what has to come back. The suite's server is an
 * echo; here a client sends to itself. Text goes in a command's JSON, around which fragments and faults are where the suite has them.
 *
 * @param chop how many bytes go at a time; 0 for all that is sent at once
 * @param events what comes back: messages and pongs, in order
 * @param close the status code in the end; 0 if the connection stays open, and the client ends it
 */
record AutobahnCase(String name, List<byte[]> frames, int chop, List<String> events, int close) {
    static final String ID = "autobahn";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "{\"type\":\"send\",\"to\":\"client:" + ID + "\",\"text\":\"";
    private static final String SUFFIX = "\"}";

    /** Nothing but what the table below says. */
    static AutobahnCase named(String name) {
        return new AutobahnCase(name, List.of(), 0, List.of(), 0);
    }

    @Override
    public String toString() {
        return name;
    }

    private AutobahnCase with(List<byte[]> frames, List<String> events, int code) {
        return new AutobahnCase(name, frames, chop, events, code);
    }

    /** Sends a frame as it is. */
    AutobahnCase raw(byte[] frame) {
        List<byte[]> more = new ArrayList<>(frames);
        more.add(frame);
        return with(more, events, close);
    }

    AutobahnCase frame(int first, byte[] payload) {
        return raw(RawClient.frame(first, payload));
    }

    AutobahnCase frame(int first, String payload) {
        return frame(first, payload.getBytes(StandardCharsets.UTF_8));
    }

    private AutobahnCase event(String event) {
        List<String> more = new ArrayList<>(events);
        more.add(event);
        return with(frames, more, close);
    }

    AutobahnCase echoes(String text) {
        return event("text:" + text);
    }

    AutobahnCase echoes(byte[] binary) {
        return event(binary(binary));
    }

    AutobahnCase pong(byte[] payload) {
        return event("pong:" + HexFormat.of().formatHex(payload));
    }

    AutobahnCase closes(int code) {
        return with(frames, events, code);
    }

    /** Sends in pieces of so many bytes. */
    AutobahnCase chopped(int bytes) {
        return new AutobahnCase(name, frames, bytes, events, close);
    }

    /** Sends a text message, with its echo. */
    AutobahnCase text(String text) {
        return textFragments(bytes(text)).echoes(text);
    }

    AutobahnCase binary(int size) {
        byte[] payload = bytes("\u00FE".repeat(size / 2 + 1), size);
        return frame(FIN | BINARY, payload).echoes(payload);
    }

    AutobahnCase ping(byte[] payload) {
        return frame(FIN | PING, payload).pong(payload);
    }

    AutobahnCase pongUnasked(String payload) {
        return frame(FIN | PONG, payload);
    }

    /** Sends fragments of one text message. */
    AutobahnCase textFragments(byte[]... parts) {
        AutobahnCase sent = this;
        for (int i = 0; i < parts.length; i++) {
            sent = sent.fragment(parts[i], i == 0, i == parts.length - 1);
        }
        return sent;
    }

    /** Sends one fragment of a text message. */
    AutobahnCase fragment(byte[] part, boolean first, boolean last) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        if (first) {
            payload.writeBytes(bytes(PREFIX));
        }
        payload.writeBytes(part);
        if (last) {
            payload.writeBytes(bytes(SUFFIX));
        }
        return frame((last ? FIN : 0) | (first ? TEXT : CONTINUATION), payload.toByteArray());
    }

    /** A text message with an octet in each fragment. */
    AutobahnCase octets(byte[] payload) {
        byte[][] parts = new byte[payload.length][];
        for (int i = 0; i < payload.length; i++) {
            parts[i] = new byte[] {payload[i]};
        }
        return textFragments(parts);
    }

    /** A message of {@code payload} in frames of {@code size} bytes. */
    AutobahnCase inFragments(boolean text, byte[] payload, int size) {
        AutobahnCase sent = this;
        List<byte[]> all = new ArrayList<>(frames);
        for (int at = 0; at < payload.length; at += size) {
            byte[] part = Arrays.copyOfRange(payload, at, Math.min(payload.length, at + size));
            boolean last = at + size >= payload.length;
            all.addAll(
                    text
                            ? named("").fragment(part, at == 0, last).frames
                            : named("").frame((last ? FIN : 0) | (at == 0 ? BINARY : CONTINUATION), part).frames);
        }
        return sent.with(all, events, close);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text, int size) {
        return Arrays.copyOf(bytes(text), size);
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** A text payload with what JSON does not allow in a string escaped: the command is another, the text is the same. */
    static byte[] json(String text) {
        return bytes(text.replace("\u0000", "\\u0000"));
    }

    /** How an event of the server is written in the tables. */
    static String event(RawClient.Received received) {
        return switch (received.opcode()) {
            case TEXT -> {
                var frame = JSON.readTree(received.payload());
                yield frame.path("type").asString().equals("message")
                        ? "text:" + frame.path("text").asString()
                        : frame.toString();
            }
            case BINARY -> binary(received.payload());
            case PONG -> "pong:" + HexFormat.of().formatHex(received.payload());
            default -> "opcode " + received.opcode();
        };
    }

    /** Long payloads by their digest, so that a failure can be read. */
    private static String binary(byte[] payload) {
        return "binary:" + payload.length + ":" + Map.of(Arrays.hashCode(payload), payload.length);
    }
}
