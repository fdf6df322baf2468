package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Case;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The same work for this router and for systems that do the like, each server and its clients in processes of their own. All cases take turns,
 * so what disturbs the machine disturbs all alike.
 */
final class RouterRivals implements AutoCloseable {
    static final List<Integer> FANOUT_CLIENTS = List.of(100, 1_000);
    private static final int UNICAST_CLIENTS = 10_000;
    /** Each process needs as many open files: see {@code ulimit -n}. */
    private static final int IDLE_CLIENTS = 15_000;

    private final List<AutoCloseable> opened = new ArrayList<>();

    private final List<Callable<RivalServer>> systems = new ArrayList<>();

    private final List<Callable<RivalServer>> unicastSystems = new ArrayList<>();

    private final Rivals rivals;

    RouterRivals(Rivals rivals) {
        this.rivals = rivals;
        Path nats = rivals.natsServer();
        Path centrifugo = rivals.centrifugo();
        Path ws = rivals.ws();
        Path socketIo = rivals.socketIo();
        systems.add(() -> RivalServer.signalbox(RivalProtocol.SIGNALBOX));
        systems.add(() -> RivalServer.nats(nats));
        systems.add(RivalServer::redis);
        systems.add(() -> RivalServer.centrifugo(centrifugo));
        systems.add(() -> RivalServer.ws(ws));
        systems.add(() -> RivalServer.socketIo(socketIo));
        systems.add(RivalServer::vertx);
        unicastSystems.add(() -> RivalServer.signalbox(RivalProtocol.SIGNALBOX_TCP));
        unicastSystems.add(() -> RivalServer.nats(nats));
        unicastSystems.add(RivalServer::redis);
    }

    List<Case> cases() throws Exception {
        List<Case> cases = new ArrayList<>();
        for (int clients : FANOUT_CLIENTS) {
            for (Callable<RivalServer> system : systems) {
                RivalPair pair = open(system.call(), clients);
                cases.add(duration -> pair.batched("sockets-fanout-" + clients, duration));
                cases.add(duration -> pair.oneAtATime("sockets-fanout-" + clients, duration));
            }
        }
        for (Callable<RivalServer> system : unicastSystems) {
            RivalPair pair = open(system.call(), UNICAST_CLIENTS);
            cases.add(duration -> pair.unicast("sockets-unicast-" + UNICAST_CLIENTS, duration));
            cases.add(duration -> pair.latency("sockets-unicast-64-in-flight", duration));
        }
        for (Callable<RivalServer> system : systems) {
            cases.add(duration -> idle(system));
        }
        RouterSockets sockets = new RouterSockets(rivals);
        opened.add(sockets);
        cases.addAll(sockets.cases());
        return cases;
    }

    private RivalPair open(RivalServer server, int clients) throws IOException {
        RivalPair pair = RivalPair.of(server, clients);
        opened.add(pair);
        return pair;
    }

    /** A new server each time: what memory it once had, it may keep. It takes as long as it takes. */
    private static List<Benchmark.Sample> idle(Callable<RivalServer> system) throws Exception {
        try (RivalPair pair = RivalPair.of(system.call(), 1)) {
            return pair.connect("sockets-connect-" + IDLE_CLIENTS, IDLE_CLIENTS);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable each : opened.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException("a part of the benchmark did not stop", e);
            }
        }
    }
}
