package dev.signalbox.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a streamed piece of an answer costs the client, and what a fallback adds to the time to an answer. */
final class LlmBenchmark implements Benchmark {
    static final String SYSTEM = "signalbox";

    private @Nullable LlmSimulatorProcess simulator;

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        simulator = LlmSimulatorProcess.start();
        String url = simulator.url();
        var readers = new ArrayList<LlmStreamReader>();
        readers.add(LlmStreamReader.signalbox(url));
        if (settings.rivals()) {
            readers.add(LlmStreamReader.langChain4j(url));
            readers.add(LlmStreamReader.openAi(url));
        }
        var cases = new ArrayList<Case>();
        readers.forEach(reader -> cases.add(new LlmStreamCost(reader)::measure));
        cases.add(new LlmFallback(url)::measure);
        return cases;
    }

    @Override
    public void close() {
        Optional.ofNullable(simulator).ifPresent(LlmSimulatorProcess::close);
    }
}
