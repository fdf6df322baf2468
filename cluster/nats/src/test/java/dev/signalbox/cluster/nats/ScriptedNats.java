package dev.signalbox.cluster.nats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A server of NATS for one client, in which a test says what is answered: a real one lets no client publish what only JetStream may. It knows as much of
 * the protocol as jnats needs to connect, to subscribe and to publish. Thread-safe.
 */
final class ScriptedNats implements AutoCloseable {
    private static final String INFO = "INFO {\"server_id\":\"scripted\",\"version\":\"2.10.0\",\"proto\":1,"
            + "\"headers\":true,\"max_payload\":1048576,\"jetstream\":true}\r\n";
    private static final String END = "\r\n";

    /** What the client has published. */
    record Published(String subject, String replyTo, String text) {}

    private final ServerSocket listening;
    private final BlockingQueue<Published> published = new LinkedBlockingQueue<>();
    private final Map<String, String> subscriptions = new ConcurrentHashMap<>();
    private volatile Socket client = new Socket();

    ScriptedNats() throws IOException {
        this.listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("scripted-nats").start(this::serve);
    }

    String url() {
        return "nats://127.0.0.1:" + listening.getLocalPort();
    }

    private void serve() {
        try {
            client = listening.accept();
            write(INFO);
            InputStream in = new BufferedInputStream(client.getInputStream());
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                take(line.split(" ", -1), in);
            }
        } catch (IOException e) {
            if (!listening.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void take(String[] command, InputStream in) throws IOException {
        switch (command[0]) {
            case "PING" -> write("PONG" + END);
            case "SUB" -> subscriptions.put(command[1], command[command.length - 1]);
            case "PUB" -> {
                byte[] data = in.readNBytes(Integer.parseInt(command[command.length - 1]));
                in.skipNBytes(END.length());
                published.add(
                        new Published(command[1], command.length > 3 ? command[2] : "", new String(data, ISO_8859_1)));
            }
            default -> {} // CONNECT, PONG and UNSUB change nothing here.
        }
    }

    /** Empty at the end. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private synchronized void write(String bytes) throws IOException {
        client.getOutputStream().write(bytes.getBytes(ISO_8859_1));
        client.getOutputStream().flush();
    }

    /** The next publication, if it comes within a minute. */
    Published next() throws InterruptedException {
        Published next = published.poll(1, TimeUnit.MINUTES);
        if (next == null) {
            throw new AssertionError("the client has published nothing more");
        }
        return next;
    }

    boolean hasMore() {
        return !published.isEmpty();
    }

    /** Sends a message to a subscription; {@code replyTo} is empty if nobody is to answer. */
    void send(String subject, String replyTo, byte[] data) throws IOException {
        String reply = replyTo.isEmpty() ? "" : replyTo + " ";
        write("MSG " + subject + " " + subscriptions.get(subject) + " " + reply + data.length + END
                + new String(data, ISO_8859_1) + END);
    }

    /** Sends a message that has only headers, of which the first line is a status. */
    void sendStatus(String subject, String status) throws IOException {
        String headers = "NATS/1.0 " + status + END + END;
        write("HMSG " + subject + " " + subscriptions.get(subject) + " " + headers.length() + " " + headers.length()
                + END + headers + END);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        client.close();
    }
}
