package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.llm.LlmClient;
import dev.signalbox.llm.LlmEndpoint;
import dev.signalbox.llm.LlmModel;
import dev.signalbox.llm.LlmOptions;
import dev.signalbox.llm.LlmRequest;
import dev.signalbox.llm.LlmResponse;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How much later an answer comes when the first model is not there: the median with a fallback less the median without, asked
 * by turns. Once a connection is refused each time, once the circuit is open.
 */
final class LlmFallback {
    private static final LlmRequest QUESTION = LlmRequest.of("ping");
    private static final int WARM_UP = 500;

    private final LlmClient refused;
    private final LlmClient open;
    private boolean warm;

    LlmFallback(String url) {
        LlmOptions once = LlmOptions.DEFAULT.withRetries(0, Duration.ZERO);
        refused = client(url, once.withCircuit(0, Duration.ofDays(1)));
        open = client(url, once.withCircuit(1, Duration.ofDays(1)));
    }

    private static LlmClient client(String url, LlmOptions options) {
        return LlmClient.builder()
                .model(model("absent", "http://127.0.0.1:1/v1").withFallbacks("present"))
                .model(model("present", url))
                .options(options)
                .build();
    }

    private static LlmModel model(String name, String url) {
        return LlmModel.of(name, LlmEndpoint.OpenAi.compatible(URI.create(url), Optional.of("key"), "gpt"));
    }

    List<Sample> measure(Duration duration) {
        for (int i = 0; !warm && i < WARM_UP; i++) {
            added(refused, 1);
            added(open, 1);
        }
        warm = true;
        int times = (int) Math.max(50, duration.toMillis() / 4);
        return List.of(
                new Sample("fallback-refused", LlmBenchmark.SYSTEM, added(refused, times), "ms"),
                new Sample("fallback-circuit-open", LlmBenchmark.SYSTEM, added(open, times), "ms"));
    }

    private static double added(LlmClient client, int times) {
        var direct = new ArrayList<Long>();
        var around = new ArrayList<Long>();
        for (int i = 0; i < times; i++) {
            direct.add(time(client, "present", 1));
            around.add(time(client, "absent", 2));
        }
        return (median(around) - median(direct)) / 1_000_000.0;
    }

    private static long time(LlmClient client, String model, int attempts) {
        long begun = System.nanoTime();
        LlmResponse response = client.generate(QUESTION.withModels(model));
        long took = System.nanoTime() - begun;
        boolean right = response.text().equals("This is a simulated answer to: ping")
                && response.metadata().attempts().size() == attempts;
        if (!right) {
            throw new IllegalStateException("not the answer that was due: " + response);
        }
        return took;
    }

    private static double median(List<Long> times) {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }
}
