package dev.signalbox.mail;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server that answers as it is told, over real sockets. What is not scripted it accepts. Content is answered under the name
 * {@code CONTENT}, a new connection under {@code GREETING}, and a line that follows 334 under {@code CONTINUED}.
 */
final class ScriptedSmtp implements AutoCloseable {
    /** Closes the connection instead of answering. */
    static final String CLOSE = "(close)";
    /** Says nothing any more. */
    static final String HANG = "(hang)";

    private final ServerSocket listener;
    private final List<String> capabilities;
    private final Optional<SSLContext> tls;
    private final Map<String, Deque<String>> script = new LinkedHashMap<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final List<byte[]> messages = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final boolean implicitTls;
    private volatile @Nullable CountDownLatch contentGate;
    private volatile boolean readsContent = true;

    ScriptedSmtp(String... capabilities) {
        this(Optional.empty(), false, capabilities);
    }

    ScriptedSmtp(Optional<SSLContext> tls, boolean implicitTls, String... capabilities) {
        this.tls = tls;
        this.implicitTls = implicitTls;
        this.capabilities = List.of(capabilities);
        try {
            listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Answers commands that start with {@code prefix}: each answer once, the last one from then on. */
    synchronized ScriptedSmtp on(String prefix, String... answers) {
        script.put(prefix, new ArrayDeque<>(List.of(answers)));
        return this;
    }

    /** Content is answered only when the gate opens. */
    ScriptedSmtp holdContent(CountDownLatch gate) {
        contentGate = gate;
        return this;
    }

    ScriptedSmtp readsNoContent() {
        readsContent = false;
        return this;
    }

    int port() {
        return listener.getLocalPort();
    }

    SmtpOptions.Builder options() {
        return SmtpOptions.to("127.0.0.1")
                .port(port())
                .encryption(Encryption.NONE)
                .from("me@example.org");
    }

    /** All lines that came, in order. */
    List<String> commands() {
        return List.copyOf(commands);
    }

    List<String> commands(String prefix) {
        return commands.stream().filter(line -> line.startsWith(prefix)).toList();
    }

    /** What came as content, as it came: with dots doubled if it came by DATA. */
    List<String> messages() {
        return messages.stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    int connections() {
        return connections.get();
    }

    int mostOpen() {
        return mostOpen.get();
    }

    int open() {
        return open.get();
    }

    /** Cuts all connections, as a restart does. */
    void cutAll() {
        sockets.forEach(ScriptedSmtp::closeQuietly);
    }

    /** Says nothing more on any connection, and goes on reading, as a server or firewall does that has given up idle ones. */
    void halfCloseAll() {
        for (Socket socket : sockets) {
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
                Thread.ofVirtual().start(() -> talk(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            new Conversation(implicitTls ? secured(socket) : socket).run();
        } catch (IOException | InterruptedException gone) {
            Thread.currentThread().interrupt();
        } finally {
            open.decrementAndGet();
        }
    }

    private SSLSocket secured(Socket plain) throws IOException {
        var secure = (SSLSocket) tls.orElseThrow().getSocketFactory().createSocket(plain, null, true);
        secure.setUseClientMode(false);
        secure.startHandshake();
        return secure;
    }

    private synchronized String answer(String command, String usual) {
        for (var entry : script.entrySet()) {
            if (command.startsWith(entry.getKey())) {
                var answers = entry.getValue();
                return answers.size() > 1 ? answers.remove() : answers.element();
            }
        }
        return usual;
    }

    private final class Conversation {
        private Socket socket;
        private InputStream in;
        private OutputStream out;
        private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();

        Conversation(Socket socket) throws IOException {
            this.socket = socket;
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        void run() throws IOException, InterruptedException {
            say(answer("GREETING", "220 scripted ESMTP"));
            for (String line = line(); !line.isEmpty() || !socket.isClosed(); line = line()) {
                commands.add(line);
                if (!handle(line)) {
                    return;
                }
            }
        }

        private boolean handle(String line) throws IOException, InterruptedException {
            String verb = line.split(" ", 2)[0];
            switch (verb) {
                case "EHLO" -> say(answer(line, ehlo()));
                case "DATA" -> data(line);
                case "BDAT" -> chunk(line);
                case "AUTH" -> authenticate(line);
                case "STARTTLS" -> starttls(line);
                case "QUIT" -> {
                    say("221 bye");
                    return false;
                }
                default -> say(answer(line, "250 2.0.0 ok"));
            }
            return true;
        }

        private String ehlo() {
            var lines = new ArrayList<String>(List.of("scripted"));
            lines.addAll(capabilities);
            var reply = new StringBuilder();
            for (int i = 0; i < lines.size(); i++) {
                reply.append(i == 0 ? "" : "\r\n")
                        .append(i == lines.size() - 1 ? "250 " : "250-")
                        .append(lines.get(i));
            }
            return reply.toString();
        }

        private void data(String line) throws IOException, InterruptedException {
            String ready = answer(line, "354 go on");
            say(ready);
            if (ready.startsWith("354")) {
                if (!readsContent) {
                    closing.await();
                }
                var content = new ByteArrayOutputStream();
                for (String next = line(); !next.equals("."); next = line()) {
                    content.writeBytes((next + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                }
                contentCame(content.toByteArray());
            }
        }

        private void chunk(String line) throws IOException, InterruptedException {
            String[] words = line.split(" ", -1);
            if (!readsContent) {
                closing.await();
            }
            chunks.writeBytes(in.readNBytes(Integer.parseInt(words[1])));
            if (words.length > 2) {
                byte[] whole = chunks.toByteArray();
                chunks.reset();
                contentCame(whole);
            } else {
                say(answer("CHUNK", "250 2.0.0 chunk"));
            }
        }

        private void contentCame(byte[] content) throws IOException, InterruptedException {
            messages.add(content);
            var gate = contentGate;
            if (gate != null) {
                gate.await();
            }
            say(answer("CONTENT", "250 2.0.0 queued as 4711"));
        }

        private void authenticate(String line) throws IOException, InterruptedException {
            String reply = answer(line, "235 2.7.0 welcome");
            say(reply);
            while (reply.startsWith("334")) {
                String next = line();
                commands.add(next);
                reply = answer("CONTINUED", "235 2.7.0 welcome");
                say(reply);
            }
        }

        private void starttls(String line) throws IOException, InterruptedException {
            String reply = answer(line, "220 2.0.0 go");
            say(reply);
            if (reply.startsWith("220") && tls.isPresent()) {
                socket = secured(socket);
                in = new BufferedInputStream(socket.getInputStream());
                out = socket.getOutputStream();
            }
        }

        private void say(String reply) throws IOException, InterruptedException {
            if (reply.equals(HANG)) {
                closing.await();
            }
            if (reply.equals(CLOSE) || reply.equals(HANG)) {
                throw new IOException("as scripted");
            }
            out.write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            if (reply.startsWith("421")) {
                throw new IOException("as announced");
            }
        }

        /** ISO 8859-1 keeps all bytes; commands with other letters are shown as they would be read as UTF-8. */
        private String line() throws IOException {
            var line = new ByteArrayOutputStream();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the client has gone");
                }
                line.write(c);
            }
            String text = line.toString(StandardCharsets.ISO_8859_1);
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
    }

    private static void closeQuietly(Closeable it) {
        try {
            it.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        closeQuietly(listener);
        cutAll();
    }
}
