package dev.signalbox.benchmarks;

import dev.signalbox.testing.services.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process of its own, from its start until it is ended. For one thread. */
final class StartedServer implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int ANSWER_WITHIN_MILLIS = 10_000;
    private static final double NANOS_PER_MILLI = 1_000_000.0;
    private static final double KILOBYTES_PER_MEGABYTE = 1024.0;
    private static final double MILLIS_PER_TICK = 10; // Linux tells in hundredths of a second
    private static final int USER_TIME = 11; // in /proc/PID/stat, counted from what follows the name
    private static final int SYSTEM_TIME = 12;

    private final Process process;
    private final double millisUntilReady;
    private final double processorMillisUntilReady;

    private StartedServer(Process process, long begun) throws IOException {
        this.process = process;
        this.millisUntilReady = (System.nanoTime() - begun) / NANOS_PER_MILLI;
        this.processorMillisUntilReady = processorMillis();
    }

    /** Starts it, and returns when it is ready. */
    static StartedServer start(StartSystem system, Path at) throws IOException, InterruptedException {
        int port = FreePort.find();
        Path log = Files.createTempFile(at, "server", ".log");
        var builder = new ProcessBuilder(with(port, system.command()))
                .directory(at.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        system.environment().forEach((name, value) -> builder.environment().put(name, with(port, value)));
        long begun = System.nanoTime();
        Process process = builder.start();
        try {
            while (!isReady(port, system.health())) {
                if (!process.isAlive() || System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw new IllegalStateException(system.name() + " is not ready: " + Files.readString(log));
                }
                TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
            }
            return new StartedServer(process, begun);
        } catch (IOException | RuntimeException | InterruptedException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static List<String> with(int port, List<String> words) {
        return words.stream().map(word -> with(port, word)).toList();
    }

    private static String with(int port, String word) {
        return word.replace("PORT", Integer.toString(port));
    }

    /** Asked by a socket, since a client with threads of its own would take processor time from the server. */
    private static boolean isReady(int port, String health) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(ANSWER_WITHIN_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_WITHIN_MILLIS);
            String request = "GET " + health + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.startsWith("HTTP/1.1 200");
        } catch (ConnectException notYet) {
            return false;
        }
    }

    double millisUntilReady() {
        return millisUntilReady;
    }

    /** User and system time of all of its threads. */
    double processorMillisUntilReady() {
        return processorMillisUntilReady;
    }

    private double processorMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return (Long.parseLong(fields.get(USER_TIME)) + Long.parseLong(fields.get(SYSTEM_TIME))) * MILLIS_PER_TICK;
    }

    /** What of its memory is in RAM after it was left alone for a while. */
    double megabytesAfter(Duration pause) throws IOException, InterruptedException {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow()
                    / KILOBYTES_PER_MEGABYTE;
        }
    }

    /** Ends it as an operator does. */
    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException("the server did not stop within " + PATIENCE);
        }
    }
}
