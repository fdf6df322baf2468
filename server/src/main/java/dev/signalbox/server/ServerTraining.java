package dev.signalbox.server;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.rest.AdminToken;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What the JVM keeps the classes of ready for servers: a start that makes its tables and one that finds them, a message on its way, and
 * what monitoring asks. No more than that, since each start loads all of what is kept, and memory has it.
 */
final class ServerTraining {
    private static final int MOST_LOOKS = 3_000;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Path data;
    private final URI server;

    private ServerTraining(Path data, URI server) {
        this.data = data;
        this.server = server;
    }

    static void main() throws Exception {
        Path folder = Files.createTempDirectory("signalbox-training-");
        try {
            for (int start = 0; start < 2; start++) {
                new ServerTraining(folder.resolve("data"), URI.create("http://127.0.0.1:" + freePort())).serve();
            }
        } finally {
            delete(folder);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** By the command itself, which ends as it does everywhere, by a signal. */
    private void serve() throws InterruptedException, ExecutionException {
        var visit = new FutureTask<Integer>(this::visit);
        Thread.ofPlatform().name("visitor").daemon().start(visit);
        int code = SignalboxCommand.onProcess(
                "serve",
                "--set",
                "data.folder=" + data,
                "--set",
                "control.port=" + server.getPort(),
                "--set",
                "clients.port=0");
        if (code != ExitCode.OK) {
            throw new IllegalStateException("the server of the training ended with " + code);
        }
        visit.get();
    }

    private int visit() throws IOException, InterruptedException {
        try {
            await(() -> ask("GET /health/ready", "").startsWith("HTTP/1.1 200"));
            ask("GET /metrics", "");
            deliver();
        } finally {
            stop();
        }
        return 0;
    }

    /** To an inbox, which needs nobody else. */
    private void deliver() throws IOException, InterruptedException {
        String token = "Authorization: Bearer " + AdminToken.findOrCreate(data).value() + "\r\n";
        String accepted = ask("POST /api/messages", token, "{\"to\": \"inbox:training\", \"body\": \"a message\"}");
        if (!accepted.startsWith("HTTP/1.1 202")) {
            throw new IOException("the training's message was not taken: " + accepted);
        }
        await(() -> ask("GET /api/messages?state=SENT", token).contains("inbox"));
    }

    private static void stop() throws IOException {
        new ProcessBuilder("kill", String.valueOf(ProcessHandle.current().pid())).start();
    }

    private static void await(Callable<Boolean> condition) throws IOException, InterruptedException {
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            if (holds(condition)) {
                return;
            }
            TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
        }
        throw new IOException("the server of the training was not ready in time, or did not deliver its message");
    }

    private static boolean holds(Callable<Boolean> condition) throws IOException {
        try {
            return condition.call();
        } catch (ConnectException notYet) {
            return false;
        } catch (Exception failed) {
            throw new IOException(failed);
        }
    }

    private String ask(String request, String headers) throws IOException {
        return ask(request, headers, "");
    }

    /** By a socket, so that no client's classes are kept. */
    private String ask(String request, String headers, String body) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            String all = request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers
                    + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(all.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
