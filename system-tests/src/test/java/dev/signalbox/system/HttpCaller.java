package dev.signalbox.system;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * Requests over one connection of HTTP/1.1 that stays open. Unlike {@code java.net.http}, it never repeats a GET whose connection has
 * ended, so that a test sees it. For one thread.
 */
final class HttpCaller implements AutoCloseable {
    private final Socket socket;
    private final InputStream input;

    HttpCaller(int port, Duration timeout) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) timeout.toMillis());
        input = new BufferedInputStream(socket.getInputStream());
    }

    /** Returns the status. @throws IOException if there is no whole answer, or one with a body */
    int get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
    }

    /** As {@link #get}. */
    int post(String path, String body) throws IOException {
        return send("POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private int send(String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        String status = line();
        boolean empty = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            empty |= header.equalsIgnoreCase("Content-Length: 0");
        }
        if (!empty) {
            throw new IOException("an answer with a body: " + status);
        }
        return Integer.parseInt(status.split(" ", 3)[1]);
    }

    /** Without its end, CR and LF. */
    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new IOException("the connection has ended after: " + line);
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
