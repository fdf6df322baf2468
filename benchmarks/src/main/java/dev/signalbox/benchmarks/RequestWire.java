package dev.signalbox.benchmarks;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How a client of each system asks another, over lines of text. */
enum RequestWire {
    SIGNALBOX {
        @Override
        List<RivalProtocol.Step> greeting(boolean asks) {
            String token = asks ? "asker" : "responder";
            return List.of(
                    new RivalProtocol.Step(ascii("{\"type\":\"auth\",\"token\":\"" + token + "\"}\n"), "\"welcome\""));
        }

        @Override
        byte[] request(int number, String payload) {
            return ascii("{\"type\":\"request\",\"id\":\"" + number + "\",\"to\":\"client:responder\",\"text\":\""
                    + payload + "\"}\n");
        }

        @Override
        byte[] reply(BufferedReader requests) throws IOException {
            String line = line(requests);
            return ascii("{\"type\":\"reply\",\"id\":\"" + value(line, "id") + "\",\"text\":\"" + value(line, "text")
                    + "\"}\n");
        }

        @Override
        int answered(BufferedReader replies) throws IOException {
            String line = line(replies);
            if (!line.contains("\"type\":\"reply\"")) {
                throw new IllegalStateException("not a reply: " + line);
            }
            return Integer.parseInt(value(line, "id"));
        }
    },

    NATS {
        private static final String CONNECT = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";
        private static final String INBOX = "inbox.";

        @Override
        List<RivalProtocol.Step> greeting(boolean asks) {
            String subscription = asks ? "SUB " + INBOX + "* 1\r\n" : "SUB service 1\r\n";
            return List.of(new RivalProtocol.Step(ascii(CONNECT + subscription + "PING\r\n"), "PONG\r\n"));
        }

        @Override
        byte[] request(int number, String payload) {
            return ascii("PUB service " + INBOX + number + " " + payload.length() + "\r\n" + payload + "\r\n");
        }

        @Override
        byte[] reply(BufferedReader requests) throws IOException {
            String line = line(requests);
            if (line.equals(PING)) {
                return ascii(PONG);
            }
            // MSG service 1 inbox.7 128
            String[] words = line.split(" ", -1);
            return ascii("PUB " + words[3] + " " + words[4] + "\r\n" + line(requests) + "\r\n");
        }

        @Override
        int answered(BufferedReader replies) throws IOException {
            String line = line(replies);
            if (line.equals(PING)) {
                return ASKED_FOR_LIFE;
            }
            // MSG inbox.7 1 128
            line(replies);
            return Integer.parseInt(line.split(" ", -1)[1].substring(INBOX.length()));
        }
    };

    /** In place of a number: the server wants a {@link #PONG}. */
    static final int ASKED_FOR_LIFE = -1;

    static final String PONG = "PONG\r\n";
    private static final String PING = "PING";

    /** From the connection until the client may ask, or is asked. */
    abstract List<RivalProtocol.Step> greeting(boolean asks);

    abstract byte[] request(int number, String payload);

    /** Reads the next request, and returns what answers it with its own payload. */
    abstract byte[] reply(BufferedReader requests) throws IOException;

    /** Reads the next reply, and returns the number of its request. */
    abstract int answered(BufferedReader replies) throws IOException;

    private static String line(BufferedReader from) throws IOException {
        String line = from.readLine();
        if (line == null) {
            throw new EOFException("the server closed a connection");
        }
        return line;
    }

    private static String value(String line, String field) {
        String begin = "\"" + field + "\":\"";
        int at = line.indexOf(begin) + begin.length();
        return line.substring(at, line.indexOf('"', at));
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
