package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmAttempt;
import dev.signalbox.llm.LlmException;
import dev.signalbox.llm.LlmListener;
import dev.signalbox.llm.LlmResponse;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what language models are asked and what they cost. Thread-safe, and never blocks. */
final class LlmMetrics implements LlmListener {
    private final MeterRegistry registry;
    private final Map<String, AtomicInteger> circuits = new ConcurrentHashMap<>();

    public LlmMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void attempted(LlmAttempt attempt) {
        Timer.builder("signalbox.llm.attempts")
                .description("Attempts at language models; a kind tells retries and fallbacks")
                .tag("model", attempt.model())
                .tag("kind", attempt.kind().name().toLowerCase(Locale.ROOT))
                .tag("result", attempt.error().map(LlmErrors::code).orElse("ok"))
                .register(registry)
                .record(attempt.took());
        attempt.cost()
                .ifPresent(
                        cost -> add("signalbox.llm.cost", "What attempts cost", attempt.model(), cost.doubleValue()));
    }

    @Override
    public void answered(LlmResponse response) {
        LlmResponse.Metadata metadata = response.metadata();
        Timer.builder("signalbox.llm.answers")
                .description("Questions that got an answer, from the first attempt on")
                .tag("model", metadata.model())
                .register(registry)
                .record(metadata.latency());
        metadata.usage().ifPresent(usage -> {
            add("signalbox.llm.tokens.input", "Tokens of prompts", metadata.model(), (double) usage.input());
            add("signalbox.llm.tokens.cached", "Those that were cached", metadata.model(), (double)
                    usage.cachedInput());
            add("signalbox.llm.tokens.output", "Tokens of answers", metadata.model(), (double) usage.output());
        });
    }

    @Override
    public void failed(LlmException error) {
        Counter.builder("signalbox.llm.failures")
                .description("Questions that got no answer")
                .tag("reason", LlmErrors.code(error))
                .register(registry)
                .increment();
    }

    @Override
    public void circuit(String model, boolean open) {
        circuits.computeIfAbsent(model, this::gauge).set(open ? 1 : 0);
    }

    /** A tool that a model called has ended. */
    void called(String tool, boolean failed, Duration took) {
        Timer.builder("signalbox.llm.tool.calls")
                .description("Tools that models called, carried out by logics of this server")
                .tag("tool", tool)
                .tag("result", failed ? "error" : "ok")
                .register(registry)
                .record(took);
    }

    private AtomicInteger gauge(String model) {
        var open = new AtomicInteger();
        Gauge.builder("signalbox.llm.circuit.open", open, AtomicInteger::doubleValue)
                .description("1 while a model is not asked because it failed too often")
                .tag("model", model)
                .register(registry);
        return open;
    }

    private void add(String name, String description, String model, double amount) {
        Counter.builder(name)
                .description(description)
                .tag("model", model)
                .register(registry)
                .increment(amount);
    }
}
