package dev.signalbox.delivery.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A receiver that says exactly what it is told, byte for byte, and keeps what it heard. */
final class ScriptedReceiver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptedReceiver.class);

    private final ServerSocket listener;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<SNIServerName> names = new CopyOnWriteArrayList<>();
    private final String answer;

    ScriptedReceiver(String answer) throws IOException {
        this(answer, new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
    }

    ScriptedReceiver(String answer, ServerSocket listener) {
        this.answer = answer;
        this.listener = listener;
        Thread.ofVirtual().start(this::accept);
    }

    static String answer(int status, String headers, String body) {
        return "HTTP/1.1 " + status + " X\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The heads of all requests so far. */
    List<String> heads() {
        return new ArrayList<>(heads);
    }

    /** The names that TLS was asked for. */
    List<SNIServerName> names() {
        return new ArrayList<>(names);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                LOG.debug("no more connections", closed);
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            if (socket instanceof SSLSocket secure) {
                names.addAll(((ExtendedSSLSession) secure.getSession()).getRequestedServerNames());
            }
            InputStream in = socket.getInputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                heads.add(head);
                in.readNBytes(length(head));
                socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
            }
        } catch (IOException gone) {
            LOG.debug("a connection ended", gone);
        }
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.append((char) c);
            if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
        }
        return "";
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .mapToInt(line -> Integer.parseInt(line.substring("Content-Length: ".length())))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
