package dev.signalbox.delivery.sms;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on a raw socket that reads each request and then does whatever its script says, byte for byte. */
final class ScriptedProvider implements AutoCloseable {
    /** Answers one request. Returning without closing the socket keeps the connection for the next one. */
    interface Script {
        void answer(Socket socket, int request) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Script script;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> heads = new CopyOnWriteArrayList<>();

    ScriptedProvider(Script script) {
        this.script = script;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Answers every request with these bytes and keeps the connection. */
    static ScriptedProvider saying(String answer) {
        return new ScriptedProvider((socket, request) -> write(socket, answer));
    }

    /** Answers every request with these bytes and closes the connection. */
    static ScriptedProvider sayingLast(String answer) {
        return new ScriptedProvider((socket, request) -> {
            write(socket, answer);
            socket.close();
        });
    }

    static void write(Socket socket, String answer) throws IOException {
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/send");
    }

    int requests() {
        return requests.get();
    }

    int connections() {
        return connections.get();
    }

    List<String> heads() {
        return heads;
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
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
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            while (!socket.isClosed() && readRequest(in)) {
                script.answer(socket, requests.incrementAndGet());
            }
        } catch (IOException gone) {
            sockets.remove(socket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean readRequest(BufferedReader in) throws IOException {
        var head = new StringBuilder();
        int length = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty()) {
                heads.add(head.toString());
                return in.skip(length) == length;
            }
            head.append(line).append('\n');
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring("Content-Length: ".length()));
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : sockets) {
            socket.close();
        }
    }
}
