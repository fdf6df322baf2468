package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A server on a raw socket that reads each HTTP request and then does whatever its script says, byte for byte. Requests have a
 * {@code Content-Length} or no body.
 */
public final class ScriptedHttpServer implements AutoCloseable {
    /** Answers one request. Returning without closing the socket keeps the connection for the next one. */
    @FunctionalInterface
    public interface Script {
        /** Answers a request; {@code number} counts those of all connections from 1. */
        void answer(Socket socket, int number) throws IOException, InterruptedException;
    }

    /**
     * What came in.
     *
     * @param head the request line and the headers, each ended by a newline
     * @param body one character a byte
     */
    public record Request(String head, String body) {
        public String utf8() {
            return new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        }
    }

    private final ServerSocket server;
    private final boolean secure;
    private final Script script;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    private ScriptedHttpServer(Optional<SSLContext> tls, Script script) {
        this.script = script;
        secure = tls.isPresent();
        try {
            server = tls.isPresent()
                    ? tls.get().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress())
                    : new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public static ScriptedHttpServer start(Script script) {
        return new ScriptedHttpServer(Optional.empty(), script);
    }

    public static ScriptedHttpServer start(SSLContext tls, Script script) {
        return new ScriptedHttpServer(Optional.of(tls), script);
    }

    /** Answers every request with this text and keeps the connection. */
    public static ScriptedHttpServer saying(String answer) {
        return start((socket, request) -> write(socket, answer));
    }

    /** Answers every request with this text and closes the connection. */
    public static ScriptedHttpServer sayingLast(String answer) {
        return start((socket, request) -> {
            write(socket, answer);
            socket.close();
        });
    }

    public static void write(Socket socket, String answer) throws IOException {
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer with the length of its body. */
    public static String answer(String statusAndHeaders, String body) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return "HTTP/1.1 " + statusAndHeaders + "\r\nContent-Length: " + length + "\r\n\r\n" + body;
    }

    public URI url(String path) {
        return URI.create((secure ? "https" : "http") + "://127.0.0.1:" + port() + path);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** All requests that were read whole, in the order in which they came. */
    public List<Request> requests() {
        return requests;
    }

    public int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (SocketException closed) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            while (!socket.isClosed() && readRequest(socket.getInputStream())) {
                script.answer(socket, number.incrementAndGet());
            }
        } catch (IOException gone) {
            sockets.remove(socket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean readRequest(InputStream in) throws IOException {
        var head = new StringBuilder();
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            head.append(line);
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(
                        line.substring("Content-Length: ".length()).strip());
            }
        }
        byte[] body = in.readNBytes(length);
        boolean whole = !head.isEmpty() && body.length == length;
        if (whole) {
            requests.add(new Request(head.toString(), new String(body, StandardCharsets.ISO_8859_1)));
        }
        return whole;
    }

    /** With its newline; empty at the end of the head and of the connection. */
    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int read = in.read(); read >= 0 && read != '\n'; read = in.read()) {
            if (read != '\r') {
                line.append((char) read);
            }
        }
        return line.isEmpty() ? "" : line.append('\n').toString();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (var socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
