package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Case;
import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.testing.services.RealRedis;
import dev.signalbox.testing.services.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What more is measured over sockets: TLS, requests and replies, readers that stall, and clients that all come back at once. */
final class RouterSockets implements AutoCloseable {
    private static final int TLS_CLIENTS = 1_000;
    /** Published before the clients are asked whether all has come: below every system's bound, so that nobody is too slow. */
    private static final int BATCH = 500;

    private static final int IN_FLIGHT = 64;
    private static final int READERS = 180;
    /** As many as make a tenth of all. */
    private static final int STALLED = 20;

    private static final int MESSAGES_A_SECOND = 200;
    /** The node keeps the sessions of 10,000 at a time by default: of more, some get new ones. */
    private static final List<Integer> STORMS = List.of(1_000, 10_000, 15_000);

    private static final int MISSED = 100;
    private static final double NANOS = 1e9;

    private final Rivals rivals;
    private final List<AutoCloseable> opened = new ArrayList<>();

    RouterSockets(Rivals rivals) {
        this.rivals = rivals;
    }

    List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        Path streams = rivals.socketIoStreams();
        Path folder = Files.createTempDirectory("signalbox-bench-tls");
        SelfSigned certificate = SelfSigned.forNames(folder, "server", "ip:127.0.0.1,dns:localhost");
        opened.add(() -> delete(folder));
        cases.addAll(fans("plain", keep(plain(RivalServer.signalbox(RivalProtocol.SIGNALBOX), TLS_CLIENTS))));
        cases.addAll(fans("tls", keep(tls(signalboxTls(certificate), certificate, TLS_CLIENTS))));
        cases.addAll(fans("plain", keep(plain(RivalServer.ws(rivals.ws()), TLS_CLIENTS))));
        cases.addAll(fans("tls", keep(tls(wsTls(certificate), certificate, TLS_CLIENTS))));
        for (LoadedServer pair : List.of(
                keep(requests(RivalServer.signalbox(RivalProtocol.SIGNALBOX_TCP), RequestWire.SIGNALBOX)),
                keep(requests(RivalServer.nats(rivals.natsServer()), RequestWire.NATS)),
                keep(VertxRequests.pair()))) {
            cases.add(duration -> asked(pair, IN_FLIGHT, duration));
        }
        LoadedServer healthy = keep(stalled(READERS, 0));
        LoadedServer choked = keep(stalled(READERS, STALLED));
        cases.add(duration -> paced("sockets-none-stalled", healthy, MESSAGES_A_SECOND, duration));
        cases.add(duration -> paced("sockets-tenth-stalled", choked, MESSAGES_A_SECOND, duration));
        for (int clients : STORMS) {
            for (LoadedServer pair : List.of(
                    keep(storm(RivalServer.signalbox(RivalProtocol.SIGNALBOX), StormWire.SIGNALBOX, clients)),
                    keep(storm(RivalServer.socketIoStreams(streams, redis()), StormWire.SOCKET_IO, clients)))) {
                cases.add(duration -> stormed("sockets-storm-" + clients, pair, MISSED));
            }
        }
        return cases;
    }

    private String redis() throws IOException {
        RealRedis redis = RealRedis.start("appendonly no");
        opened.add(redis);
        return redis.url();
    }

    private LoadedServer keep(LoadedServer pair) {
        opened.add(pair);
        return pair;
    }

    private static List<Case> fans(String how, LoadedServer pair) {
        String name = "sockets-" + how + "-" + TLS_CLIENTS;
        return List.of(
                duration -> pair.counted(name + "-batched", "delivery", "fan " + BATCH, duration),
                duration -> pair.counted(name + "-one-at-a-time", "delivery", "fan 1", duration));
    }

    static RivalServer signalboxTls(SelfSigned certificate) throws IOException {
        return RivalServer.printing(
                RouterBenchmark.SYSTEM,
                RivalProtocol.SIGNALBOX,
                RivalServer.java(
                        RouterTlsServer.class,
                        certificate.pem().toString(),
                        certificate.keyPem().toString()));
    }

    private RivalServer wsTls(SelfSigned certificate) throws IOException {
        return RivalServer.printing(
                "ws",
                RivalProtocol.WEBSOCKET,
                RivalServer.start(
                        "node",
                        rivals.ws().toString(),
                        certificate.pem().toString(),
                        certificate.keyPem().toString()));
    }

    static LoadedServer tls(RivalServer server, SelfSigned certificate, int clients) throws IOException {
        return fan(server, certificate.pem().toString(), clients);
    }

    static LoadedServer plain(RivalServer server, int clients) throws IOException {
        return fan(server, TlsLoad.PLAIN, clients);
    }

    private static LoadedServer fan(RivalServer server, String trust, int clients) throws IOException {
        return loaded(
                server,
                "connect " + clients,
                TlsLoad.class,
                server.protocol().name(),
                String.valueOf(server.port()),
                String.valueOf(RouterBenchmark.PAYLOAD_BYTES),
                trust);
    }

    static LoadedServer requests(RivalServer server, RequestWire wire) throws IOException {
        return new LoadedServer(
                server,
                LoadProcess.start(
                        RequestLoad.class,
                        wire.name(),
                        String.valueOf(server.port()),
                        String.valueOf(RouterBenchmark.PAYLOAD_BYTES)));
    }

    static List<Sample> asked(LoadedServer pair, int inFlight, Duration duration) throws IOException {
        return pair.timed("sockets-requests-" + inFlight + "-in-flight", "request", "ask " + inFlight, duration);
    }

    static LoadedServer stalled(int readers, int stalled) throws IOException {
        LoadedServer pair = ours("connect " + readers, StalledLoad.class);
        try {
            pair.load().order("stall " + stalled);
            return pair;
        } catch (IOException | IllegalStateException e) {
            pair.close();
            throw e;
        }
    }

    /** How long a message takes to those who read, and what memory the server has. */
    static List<Sample> paced(String name, LoadedServer pair, int rate, Duration duration) throws IOException {
        List<Sample> samples = new ArrayList<>(pair.timed(name, "delivery", "pace " + rate, duration));
        // That is the pace, and no result.
        samples.removeFirst();
        samples.add(new Sample(
                name, pair.server().system(), pair.server().residentBytes() / (double) (1 << 20), "MiB of memory"));
        return samples;
    }

    static LoadedServer storm(RivalServer server, StormWire wire, int clients) throws IOException {
        return loaded(
                server,
                "connect " + clients,
                StormLoad.class,
                wire.name(),
                String.valueOf(server.port()),
                String.valueOf(RouterBenchmark.PAYLOAD_BYTES));
    }

    /** It takes as long as it takes. */
    static List<Sample> stormed(String name, LoadedServer pair, int missed) throws IOException {
        long[] times = pair.load().order("storm " + missed);
        String system = pair.server().system();
        return List.of(
                new Sample(name, system, times[0] / NANOS, "s until all are back"),
                new Sample(name, system, times[1] / NANOS, "s until nothing is missing"),
                new Sample(name, system, times[2], "sessions resumed"),
                new Sample(name, system, times[2] * NANOS / times[1], "recoveries/s"));
    }

    private static LoadedServer ours(String order, Class<?> load) throws IOException {
        RivalServer server = RivalServer.signalbox(RivalProtocol.SIGNALBOX);
        return loaded(
                server, order, load, String.valueOf(server.port()), String.valueOf(RouterBenchmark.PAYLOAD_BYTES));
    }

    private static LoadedServer loaded(RivalServer server, String order, Class<?> load, String... arguments)
            throws IOException {
        LoadedServer pair = new LoadedServer(server, LoadProcess.start(load, arguments));
        try {
            pair.load().order(order);
            return pair;
        } catch (IOException | IllegalStateException e) {
            pair.close();
            throw e;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }
}
