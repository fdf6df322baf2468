package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * How a client of each system gets a session that it can come back to, and how it comes back, over WebSocket. A <em>place</em> is what it then shows
 * to have seen, as the system writes it.
 */
enum StormWire {
    SIGNALBOX(RivalProtocol.SIGNALBOX, "/ws", "\r\n\r\n") {
        private static final String RESUMED = "\"resumed\":true";
        private static final String NEW = "\"resumed\":false";

        @Override
        String begin(SocketChannel channel, int client) throws IOException {
            String auth = "{\"type\":\"auth\",\"token\":\"client-" + client + "\",\"resume\":\"new\"}";
            // It is the only field of this name: the session's id and the client's have others.
            return value(ask(channel, auth, NEW), "token");
        }

        @Override
        String subscribe(SocketChannel channel) throws IOException {
            String ok = ask(channel, "{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"bench\"}", "\"recovered\"");
            return place(value(ok, "epoch"), number(ok, "offset"));
        }

        @Override
        String after(SocketChannel publisher, String place, int published) {
            return place(value(place, "epoch"), number(place, "offset") + published);
        }

        private static String place(String epoch, long offset) {
            return "{\"epoch\":\"" + epoch + "\",\"offset\":" + offset + "}";
        }

        @Override
        Back comeBack(SocketChannel channel, int client, String session, String place) throws IOException {
            say(
                    channel,
                    "{\"type\":\"auth\",\"token\":\"client-" + client + "\",\"resume\":\"" + session
                            + "\",\"seen\":{\"bench\":" + place + "}}");
            String read = RivalSockets.readUntil(channel, RESUMED, NEW);
            return new Back(read.contains(RESUMED), value(read, "token"), read);
        }
    },

    /** Each message ends with its place: {@code 42["message","…","PLACE"]}. All clients get all, the publisher, too. */
    SOCKET_IO(RivalProtocol.SOCKET_IO, "/socket.io/?EIO=4&transport=websocket", "0{") {
        private static final String MESSAGE = "42[\"message\"";
        private static final String END = "\"]";
        // The end of a welcome, and of nothing else that comes.
        private static final String WELCOME = "\"}";

        @Override
        String begin(SocketChannel channel, int client) throws IOException {
            return value(ask(channel, "40", WELCOME), "pid");
        }

        @Override
        String subscribe(SocketChannel channel) {
            return "";
        }

        @Override
        String after(SocketChannel publisher, String place, int published) throws IOException {
            StringBuilder read = new StringBuilder();
            while (count(read) < published || !read.toString().endsWith(END)) {
                read.append(RivalSockets.readUntil(publisher, "]"));
            }
            int end = read.lastIndexOf(END);
            return read.substring(read.lastIndexOf("\"", end - 1) + 1, end);
        }

        private static int count(StringBuilder read) {
            int found = 0;
            for (int at = read.indexOf(MESSAGE); at >= 0; at = read.indexOf(MESSAGE, at + 1)) {
                found++;
            }
            return found;
        }

        @Override
        Back comeBack(SocketChannel channel, int client, String session, String place) throws IOException {
            say(channel, "40{\"pid\":\"" + session + "\",\"offset\":\"" + place + "\"}");
            String read = RivalSockets.readUntil(channel, WELCOME);
            String now = value(read, "pid");
            return new Back(now.equals(session), now, read);
        }
    };

    private final RivalProtocol protocol;
    private final String path;
    private final String until;

    StormWire(RivalProtocol protocol, String path, String until) {
        this.protocol = protocol;
        this.path = path;
        this.until = until;
    }

    /**
     * A client that has come back.
     *
     * @param resumed whether to its old session
     * @param session what it comes back with the next time
     * @param read all that has come meanwhile
     */
    record Back(boolean resumed, String session, String read) {}

    /** From the connection until it may publish. */
    List<RivalProtocol.Step> publisher() {
        return protocol.publisher();
    }

    /** One message for all. */
    byte[] publish(String payload) {
        return protocol.publish(payload);
    }

    /** A connection that is not welcome yet. */
    List<RivalProtocol.Step> upgrade() {
        return List.of(RivalProtocol.upgrade(path, until));
    }

    /** Begins a session. Returns what its client comes back with. */
    abstract String begin(SocketChannel channel, int client) throws IOException;

    /** From now on it gets what is published. Returns the place of the last message so far; empty where nobody tells. */
    abstract String subscribe(SocketChannel channel) throws IOException;

    /** The place of the last message once so many were published after {@code place}, to which the publisher has seen all. */
    abstract String after(SocketChannel publisher, String place, int published) throws IOException;

    /** Comes back to a session, having seen everything up to a place. */
    abstract Back comeBack(SocketChannel channel, int client, String session, String place) throws IOException;

    private static void say(SocketChannel channel, String frame) throws IOException {
        RivalSockets.write(channel, ByteBuffer.wrap(RivalProtocol.text(frame)));
    }

    private static String ask(SocketChannel channel, String frame, String until) throws IOException {
        say(channel, frame);
        return RivalSockets.readUntil(channel, until);
    }

    private static String value(String text, String field) {
        String begin = "\"" + field + "\":\"";
        int at = text.indexOf(begin) + begin.length();
        return text.substring(at, text.indexOf('"', at));
    }

    private static long number(String text, String field) {
        String begin = "\"" + field + "\":";
        int at = text.indexOf(begin) + begin.length();
        int end = at;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return Long.parseLong(text.substring(at, end));
    }
}
