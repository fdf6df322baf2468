package dev.signalbox.testing.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows in a browser what a simulated mail server took: each message as HTML, text, files, headers and source. Thread-safe.
 *
 * <p>A message's HTML is untrusted: it is in a frame without scripts, forms and origin, and may load nothing but the images that
 * came with it. Requests that name another host than a local one are refused, so that no web page elsewhere can read the
 * mailbox by a name of its own that leads here.
 */
public final class SmtpMailbox implements AutoCloseable {
    private static final int LISTED = 200;
    private static final Pattern MESSAGE =
            Pattern.compile("/messages/(\\d{1,18})(?:/(html|source|files/(\\d{1,4})|cid/(.{1,300})))?");
    private static final Pattern LOCAL = Pattern.compile("(?i)(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?");
    private static final String PAGES = "default-src 'none'; style-src 'sha256-" + hash(SmtpMailboxPage.STYLE)
            + "'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String UNTRUSTED =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'";
    private static final String HTML = "text/html; charset=utf-8";

    private final SmtpSimulator simulator;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private SmtpMailbox(SmtpSimulator simulator, HttpServer server) {
        this.simulator = simulator;
        this.server = server;
    }

    /**
     * Starts serving the messages of a simulator on the loopback interface.
     *
     * @param port 0 picks a free one
     * @throws UncheckedIOException if the port cannot be bound
     */
    public static SmtpMailbox of(SmtpSimulator simulator, int port) {
        try {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            var mailbox = new SmtpMailbox(simulator, HttpServer.create(address, 0));
            mailbox.server.setExecutor(mailbox.threads);
            mailbox.server.createContext("/", mailbox::handle);
            mailbox.server.start();
            return mailbox;
        } catch (IOException e) {
            throw new UncheckedIOException("the mailbox cannot listen on port " + port + ": " + e.getMessage(), e);
        }
    }

    /** Where a browser finds it. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private static final class Answer {
        private final int status;
        private final String type;
        private final String policy;
        private final byte[] body;

        Answer(int status, String type, String policy, byte[] body) {
            this.status = status;
            this.type = type;
            this.policy = policy;
            this.body = body;
        }

        static Answer page(int status, String html) {
            return new Answer(status, HTML, PAGES, html.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String host = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host"))
                    .orElse("");
            boolean readable = exchange.getRequestMethod().equals("GET")
                    && LOCAL.matcher(host).matches();
            send(exchange, readable ? answer(exchange.getRequestURI().getPath()) : refusal(403));
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.type);
        headers.set("Content-Security-Policy", answer.policy);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", "no-store");
        if (!answer.type.startsWith("text/") && !answer.type.startsWith("image/")) {
            headers.set("Content-Disposition", "attachment");
        }
        exchange.sendResponseHeaders(answer.status, answer.body.length == 0 ? -1 : answer.body.length);
        exchange.getResponseBody().write(answer.body);
    }

    private Answer answer(String path) {
        if (path.equals("/")) {
            return Answer.page(200, SmtpMailboxPage.list(simulator.messages(LISTED)));
        }
        Matcher wanted = MESSAGE.matcher(path);
        if (!wanted.matches()) {
            return refusal(404);
        }
        long number = Long.parseLong(wanted.group(1));
        return simulator.messages(Integer.MAX_VALUE).stream()
                .filter(message -> message.number() == number)
                .findFirst()
                .map(message -> answer(message, wanted))
                .orElseGet(() -> refusal(404));
    }

    private static Answer answer(SmtpSimulatorMessage message, Matcher wanted) {
        String part = wanted.group(2);
        if (part == null) {
            return Answer.page(200, SmtpMailboxPage.message(message));
        }
        if (part.equals("source")) {
            return new Answer(200, "text/plain; charset=utf-8", UNTRUSTED, message.source());
        }
        MailContents contents = MailContents.of(message.source());
        if (part.equals("html")) {
            return contents.html()
                    .map(html -> untrusted(message.number(), html))
                    .orElseGet(() -> refusal(404));
        }
        return wanted.group(3) != null
                ? file(contents.files(), Integer.parseInt(wanted.group(3)))
                : image(contents.files(), wanted.group(4));
    }

    /** Images that came with the message are shown where its HTML names them. */
    private static Answer untrusted(long number, String html) {
        String shown = html.replaceAll("(?i)([\"'(])cid:", "$1/messages/" + number + "/cid/");
        return new Answer(200, HTML, UNTRUSTED, shown.getBytes(StandardCharsets.UTF_8));
    }

    /** As a download, whatever type it says that it has. */
    private static Answer file(List<MailFile> files, int index) {
        return index < files.size()
                ? new Answer(
                        200,
                        "application/octet-stream",
                        UNTRUSTED,
                        files.get(index).content())
                : refusal(404);
    }

    private static Answer image(List<MailFile> files, String contentId) {
        return files.stream()
                .filter(file ->
                        file.contentId().equals(contentId) && file.type().matches("(?i)image/(png|jpeg|gif|webp)"))
                .findFirst()
                .map(file -> new Answer(200, file.type(), UNTRUSTED, file.content()))
                .orElseGet(() -> refusal(404));
    }

    private static Answer refusal(int status) {
        return new Answer(
                status,
                "text/plain; charset=utf-8",
                PAGES,
                (status == 404 ? "There is no such message or part.\n" : "Only GET, and only from this machine.\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
