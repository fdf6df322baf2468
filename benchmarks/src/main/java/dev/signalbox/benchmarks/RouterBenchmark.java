package dev.signalbox.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** How fast messages are routed in the process, and what it costs to send one to many clients over WebSocket, also beside other systems. */
final class RouterBenchmark implements Benchmark {
    static final String SYSTEM = "signalbox";
    /** What the design's measurements of other systems used. */
    static final int PAYLOAD_BYTES = 128;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        RouterInProcess inProcess = new RouterInProcess();
        opened.add(inProcess);
        List<Case> cases = new ArrayList<>(List.of(
                inProcess::clientToLogic,
                inProcess::logicToClient,
                inProcess::clientToClient,
                inProcess::requestReply));
        for (int clients : RouterRivals.FANOUT_CLIENTS) {
            RouterFanout fanout = RouterFanout.open(clients);
            opened.add(fanout);
            cases.add(fanout::batched);
            cases.add(fanout::oneAtATime);
        }
        if (settings.rivals()) {
            RouterRivals rivals = new RouterRivals(Rivals.here());
            opened.add(rivals);
            cases.addAll(rivals.cases());
        }
        return cases;
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
