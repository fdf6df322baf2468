package dev.signalbox.server.hooks;

import dev.signalbox.server.configuration.Kind;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Times questions by hook and outcome, for Prometheus. Thread-safe. */
final class HookMetrics {
    /** How a question ended. */
    enum Outcome {
        ALLOWED,
        REFUSED,
        /** There was no answer, or none that makes sense. */
        FAILED,
        /** It was not asked: the backend has failed before, or as many questions are under way as may be. */
        SKIPPED
    }

    private record Ended(Hook hook, Outcome outcome) {}

    private final Map<Ended, Timer> timers = new HashMap<>();

    /** All timers are there from the start, at 0. */
    HookMetrics(MeterRegistry registry, Iterable<Hook> hooks) {
        for (Hook hook : hooks) {
            for (Outcome outcome : Outcome.values()) {
                timers.put(
                        new Ended(hook, outcome),
                        Timer.builder("signalbox.hooks")
                                .tag("hook", Kind.written(hook))
                                .tag("outcome", Kind.written(outcome))
                                .description("Questions to the backend about what clients wish to do")
                                .register(registry));
            }
        }
    }

    void ended(Hook hook, Outcome outcome, Duration took) {
        Objects.requireNonNull(timers.get(new Ended(hook, outcome))).record(took);
    }
}
