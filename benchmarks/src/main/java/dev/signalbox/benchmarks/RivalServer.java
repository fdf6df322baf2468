package dev.signalbox.benchmarks;

import dev.signalbox.testing.services.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One system's server, in a process of its own. */
record RivalServer(String system, RivalProtocol protocol, Process process, int port, boolean isJava)
        implements AutoCloseable {
    private static final long KIB = 1_024;

    /** What an archive's servers run with, beside what all of our programs do: {@code build/launcher/package/lib}, jvm and server. */
    static final List<String> AS_THE_PRODUCT = List.of(
            "-Xlog:disable",
            "-Xlog:all=error,aot*=off:stderr",
            "-XX:+UseCompactObjectHeaders",
            "-XX:-UsePerfData",
            "-XX:TrimNativeHeapInterval=5000",
            "-XX:MinHeapFreeRatio=10",
            "-XX:MaxHeapFreeRatio=30");

    /** The JVM gives memory back in the background: the heap's soon after a collection, that of its compilers every five seconds. */
    private static final Duration GIVEN_BACK = Duration.ofSeconds(6);

    static RivalServer signalbox(RivalProtocol protocol) throws IOException {
        Process process = java(RouterServer.class);
        String[] ports = firstLine(process).split(" ", -1);
        int port = Integer.parseInt(ports[protocol == RivalProtocol.SIGNALBOX_TCP ? 1 : 0]);
        return new RivalServer(RouterBenchmark.SYSTEM, protocol, process, port, true);
    }

    static RivalServer vertx() throws IOException {
        Process process = java(VertxServer.class);
        int port = Integer.parseInt(firstLine(process));
        return new RivalServer("vert.x", RivalProtocol.WEBSOCKET, process, port, true);
    }

    static RivalServer ws(Path script) throws IOException {
        return printing("ws", RivalProtocol.WEBSOCKET, start("node", script.toString()));
    }

    static RivalServer socketIo(Path script) throws IOException {
        return printing("socket.io", RivalProtocol.SOCKET_IO, start("node", script.toString()));
    }

    /** It keeps in that Redis what its clients miss. */
    static RivalServer socketIoStreams(Path script, String redis) throws IOException {
        return printing("socket.io", RivalProtocol.SOCKET_IO, start("node", script.toString(), redis));
    }

    static RivalServer nats(Path program) throws IOException {
        int port = FreePort.find();
        // Clients that wait for their turn answer no ping; by default NATS closes them after some minutes.
        Path configuration = Files.createTempFile("nats", ".conf");
        Files.writeString(configuration, """
                listen: "127.0.0.1:%d"
                ping_interval: "24h"
                """.formatted(port));
        configuration.toFile().deleteOnExit();
        return listening("nats", RivalProtocol.NATS, port, program.toString(), "-c", configuration.toString());
    }

    static RivalServer redis() throws IOException {
        int port = FreePort.find();
        return listening(
                "redis",
                RivalProtocol.REDIS,
                port,
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--save",
                "",
                "--appendonly",
                "no",
                "--maxclients",
                "20000");
    }

    static RivalServer centrifugo(Path program) throws IOException {
        int port = FreePort.find();
        Path configuration = Files.createTempFile("centrifugo", ".json");
        Files.writeString(configuration, """
                {"http_server": {"address": "127.0.0.1", "port": %d},
                 "log": {"level": "error"},
                 "client": {"insecure": true, "ping_interval": "1h", "pong_timeout": "30s",
                            "queue_max_size": 16777216},
                 "channel": {"without_namespace": {"allow_subscribe_for_client": true,
                                                   "allow_publish_for_client": true}}}
                """.formatted(port));
        configuration.toFile().deleteOnExit();
        return listening(
                "centrifugo", RivalProtocol.CENTRIFUGO, port, program.toString(), "-c", configuration.toString());
    }

    static Process java(Class<?> main, String... arguments) throws IOException {
        return Java.start(AS_THE_PRODUCT, main, arguments);
    }

    static Process start(String... command) throws IOException {
        return new ProcessBuilder(new ArrayList<>(Arrays.asList(command)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A server whose process prints its port. */
    static RivalServer printing(String system, RivalProtocol protocol, Process process) throws IOException {
        return new RivalServer(system, protocol, process, Integer.parseInt(firstLine(process)), false);
    }

    private static String firstLine(Process process) throws IOException {
        BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII);
        String line = lines.readLine();
        if (line == null) {
            throw new IllegalStateException("a server ended before it told its port");
        }
        return line.strip();
    }

    private static RivalServer listening(String system, RivalProtocol protocol, int port, String... command)
            throws IOException {
        Process process = new ProcessBuilder(new ArrayList<>(Arrays.asList(command)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        RivalServer server = new RivalServer(system, protocol, process, port, false);
        try {
            Waiting.until(server::answers);
            return server;
        } catch (InterruptedException | IllegalStateException e) {
            server.close();
            throw new IllegalStateException(system + " did not start: " + List.of(command), e);
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException(system + " ended with " + process.exitValue());
        }
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Its processor time so far. */
    Duration cpu() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("this system does not tell a process's time"));
    }

    /** Collects its garbage, if it is a JVM: what accepting connections left lies in memory until there is a reason to. */
    void collect() throws IOException {
        if (isJava) {
            process.outputWriter(StandardCharsets.US_ASCII).append('\n').flush();
            String answer = process.inputReader(StandardCharsets.US_ASCII).readLine();
            if (answer == null) {
                throw new IOException(system + " ended");
            }
            LockSupport.parkNanos(GIVEN_BACK.toNanos());
        }
    }

    /** Its memory that is not swapped out, in bytes. */
    long residentBytes() {
        try (Stream<String> status = Files.lines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            return status.filter(line -> line.startsWith("VmRSS:"))
                            .map(line -> line.replaceAll("\\D", ""))
                            .mapToLong(Long::parseLong)
                            .findFirst()
                            .orElseThrow(() -> new IllegalStateException("the process is gone"))
                    * KIB;
        } catch (IOException e) {
            throw new UncheckedIOException("only Linux tells a process's memory so", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
