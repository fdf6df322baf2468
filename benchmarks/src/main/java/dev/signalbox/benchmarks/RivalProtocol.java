package dev.signalbox.benchmarks;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How clients of each system speak, as bytes: what they say to be subscribed, to publish to all, and to send to one. */
enum RivalProtocol {
    SIGNALBOX {
        @Override
        List<Step> subscriber(int client) {
            return List.of(
                    upgrade("/ws?access_token=client-" + client, "\"welcome\""),
                    new Step(text("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"bench\"}"), "\"recovered\""));
        }

        @Override
        List<Step> publisher() {
            return List.of(upgrade("/ws?access_token=publisher", "\"welcome\""));
        }

        @Override
        byte[] publish(String payload) {
            return text("{\"type\":\"publish\",\"topic\":\"bench\",\"text\":\"" + payload + "\"}");
        }
    },

    /** The same server, each frame a line. */
    SIGNALBOX_TCP {
        @Override
        List<Step> subscriber(int client) {
            return List.of(new Step(ascii("{\"type\":\"auth\",\"token\":\"client-" + client + "\"}\n"), "\"welcome\""));
        }

        @Override
        List<Step> publisher() {
            return subscriber(-1);
        }

        @Override
        byte[] publish(String payload) {
            return ascii("{\"type\":\"send\",\"to\":\"all\",\"text\":\"" + payload + "\"}\n");
        }

        @Override
        byte[] send(int client, String payload) {
            return ascii("{\"type\":\"send\",\"to\":\"client:client-" + client + "\",\"text\":\"" + payload + "\"}\n");
        }
    },

    NATS {
        private static final String CONNECT = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";

        @Override
        List<Step> subscriber(int client) {
            return List.of(new Step(ascii(CONNECT + "SUB bench 1\r\nSUB c." + client + " 2\r\nPING\r\n"), "PONG"));
        }

        @Override
        List<Step> publisher() {
            return List.of(new Step(ascii(CONNECT + "PING\r\n"), "PONG"));
        }

        @Override
        byte[] publish(String payload) {
            return ascii("PUB bench " + payload.length() + "\r\n" + payload + "\r\n");
        }

        @Override
        byte[] send(int client, String payload) {
            return ascii("PUB c." + client + " " + payload.length() + "\r\n" + payload + "\r\n");
        }
    },

    REDIS {
        @Override
        List<Step> subscriber(int client) {
            return List.of(new Step(ascii("SUBSCRIBE bench c." + client + "\r\n"), ":2\r\n"));
        }

        @Override
        List<Step> publisher() {
            return List.of(new Step(ascii("PING\r\n"), "PONG"));
        }

        @Override
        byte[] publish(String payload) {
            return ascii("PUBLISH bench " + payload + "\r\n");
        }

        @Override
        byte[] send(int client, String payload) {
            return ascii("PUBLISH c." + client + " " + payload + "\r\n");
        }
    },

    CENTRIFUGO {
        private static final String PATH = "/connection/websocket";

        private static Step connect() {
            return new Step(text("{\"id\":1,\"connect\":{}}"), "\"id\":1");
        }

        @Override
        List<Step> subscriber(int client) {
            return List.of(
                    upgrade(PATH, "\r\n\r\n"),
                    connect(),
                    new Step(text("{\"id\":2,\"subscribe\":{\"channel\":\"bench\"}}"), "\"id\":2"));
        }

        @Override
        List<Step> publisher() {
            return List.of(upgrade(PATH, "\r\n\r\n"), connect());
        }

        @Override
        byte[] publish(String payload) {
            return text("{\"id\":3,\"publish\":{\"channel\":\"bench\",\"data\":\"" + payload + "\"}}");
        }
    },

    /** Two servers that speak so: ws and Vert.x. What the publisher says goes to all others as it is. */
    WEBSOCKET {
        @Override
        List<Step> subscriber(int client) {
            return List.of(upgrade("/sub", "ready"));
        }

        @Override
        List<Step> publisher() {
            return List.of(upgrade("/pub", "ready"));
        }

        @Override
        byte[] publish(String payload) {
            return text(payload);
        }
    },

    SOCKET_IO {
        @Override
        List<Step> subscriber(int client) {
            return List.of(upgrade("/socket.io/?EIO=4&transport=websocket", "0{"), new Step(text("40"), "40{"));
        }

        @Override
        List<Step> publisher() {
            return subscriber(-1);
        }

        @Override
        byte[] publish(String payload) {
            return text("42[\"publish\",\"" + payload + "\"]");
        }
    };

    /**
     * Two bytes that are once in each payload, and in nothing else that any of these systems sends: a delivery is counted by them,
     * whatever is around it.
     */
    static final String MARKER = "`|";

    private static final int MASK_BIT = 0x80;
    private static final int LONG = 126;

    /** What a client says, and what of the answer shows that it may go on. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Step(byte[] says, String until) {}

    /** From the connection until it gets what is published. {@code client} is its number. */
    abstract List<Step> subscriber(int client);

    /** From the connection until it may publish. */
    abstract List<Step> publisher();

    /** One message for all subscribers. */
    abstract byte[] publish(String payload);

    /** One message for one of them. */
    byte[] send(int client, String payload) {
        throw new UnsupportedOperationException(this + " has no such message here");
    }

    /** As long as the design's measurements had it, with the marker. */
    static String payload(int bytes) {
        return MARKER + "x".repeat(bytes - MARKER.length());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static Step upgrade(String path, String until) {
        String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        return new Step(ascii(request), until);
    }

    /** A text frame with a mask of zeros, which leaves the text as it is. */
    static byte[] text(String text) {
        byte[] payload = ascii(text);
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 8);
        frame.write(0x81);
        if (payload.length < LONG) {
            frame.write(MASK_BIT | payload.length);
        } else {
            frame.write(MASK_BIT | LONG);
            frame.write(payload.length >> Byte.SIZE);
            frame.write(payload.length);
        }
        frame.writeBytes(new byte[Integer.BYTES]);
        frame.writeBytes(payload);
        return frame.toByteArray();
    }
}
