package dev.signalbox.benchmarks;

import dev.signalbox.observatory.AllowList;
import dev.signalbox.observatory.Destination;
import dev.signalbox.observatory.ExecutionContext;
import dev.signalbox.observatory.LogRecord;
import dev.signalbox.observatory.Observatory;
import dev.signalbox.observatory.ObservatoryOptions;
import dev.signalbox.observatory.Severity;
import dev.signalbox.observatory.WireFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Shipping logs: what a call costs, what arrives after an outage of twice the time of a measurement, how long closing takes when
 * nobody listens, what ten thousand contexts weigh. The sink is a process of its own, the same for all.
 */
final class ObservatoryBenchmark implements Benchmark {
    private static final String SYSTEM = "signalbox";
    /** Long enough for all that waits to be shipped. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int CONTEXTS = 10_000;
    private static final String TEXT = "x".repeat(100);
    private static final int CALLS_A_TICK = 100;

    private final ObservatorySinkProcess sink;

    ObservatoryBenchmark() {
        try {
            sink = ObservatorySinkProcess.start();
        } catch (IOException e) {
            throw new IllegalStateException("the sink cannot be started", e);
        }
    }

    @Override
    public List<Case> cases(Settings settings) {
        Map<String, ObservatorySystem.Factory> systems = new LinkedHashMap<>();
        systems.put(SYSTEM, to -> ObservatoryOurs.open(to, PATIENCE));
        List<Case> cases = new ArrayList<>();
        cases.add(duration -> call("call", SYSTEM, to -> ObservatoryOurs.open(to, PATIENCE), duration));
        cases.add(duration -> call("appender", SYSTEM, to -> ObservatoryOursAppender.open(to, PATIENCE), duration));
        if (settings.rivals()) {
            systems.put("loki4j", ObservatoryLoki4j::open);
            systems.put("opentelemetry", ObservatoryOpenTelemetry::open);
            cases.add(duration -> call("appender", "loki4j", ObservatoryLoki4j::open, duration));
            cases.add(duration -> call("call", "opentelemetry", ObservatoryOpenTelemetry::open, duration));
        }
        systems.forEach((name, factory) -> {
            cases.add(duration -> outage("outage-4.4k/s", name, factory, 4_400, duration));
            cases.add(duration -> outage("outage-100k/s", name, factory, 100_000, duration));
        });
        cases.add(duration -> closing(SYSTEM, to -> ObservatoryOurs.open(to, Duration.ZERO)));
        systems.entrySet().stream()
                .filter(system -> !system.getKey().equals(SYSTEM))
                .forEach(system -> cases.add(duration -> closing(system.getKey(), system.getValue())));
        cases.add(duration -> contexts());
        return cases;
    }

    /**
     * A hundred calls a millisecond or so, each timed. {@code call} is the library's own interface, {@code appender} Logback
     * with its appender: only the same can be compared.
     */
    private List<Sample> call(String test, String name, ObservatorySystem.Factory factory, Duration duration)
            throws Exception {
        List<long[]> ticks = new ArrayList<>();
        sink.reset();
        try (ObservatorySystem system = factory.open(sink)) {
            long began = System.nanoTime();
            for (int n = 0; System.nanoTime() - began < duration.toNanos(); ) {
                long[] nanos = new long[CALLS_A_TICK];
                for (int i = 0; i < CALLS_A_TICK; i++) {
                    String message = message(n++);
                    long before = System.nanoTime();
                    system.log(message);
                    nanos[i] = System.nanoTime() - before;
                }
                ticks.add(nanos);
                LockSupport.parkNanos(1_000_000);
            }
        }
        if (sink.count() == 0) {
            throw new IllegalStateException(name + " shipped nothing");
        }
        long[] sorted = ticks.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return List.of(
                new Sample(test + "-p50", name, sorted[sorted.length / 2], "ns"),
                new Sample(test + "-p99", name, sorted[(int) (sorted.length * 0.99)], "ns"));
    }

    /** As much time before and after the outage as half of it lasts; what was logged at all is what should arrive. */
    private List<Sample> outage(
            String test, String name, ObservatorySystem.Factory factory, int rate, Duration duration) throws Exception {
        sink.reset();
        int logged;
        try (ObservatorySystem system = factory.open(sink)) {
            logged = logAtRate(system, 0, rate, duration);
            sink.down();
            logged = logAtRate(system, logged, rate, duration.multipliedBy(2));
            sink.up();
            logged = logAtRate(system, logged, rate, duration);
        }
        return List.of(new Sample(test, name, 100.0 * sink.count() / logged, "% delivered"));
    }

    private static int logAtRate(ObservatorySystem system, int first, int rate, Duration duration) {
        long began = System.nanoTime();
        int n = first;
        for (long passed = 0; passed < duration.toNanos(); passed = System.nanoTime() - began) {
            long due = first + passed * rate / 1_000_000_000L;
            while (n < due) {
                system.log(message(n++));
            }
            LockSupport.parkNanos(1_000_000);
        }
        return n;
    }

    /** How long it takes when there is something to ship and nobody takes it. */
    private List<Sample> closing(String name, ObservatorySystem.Factory factory) throws Exception {
        sink.down();
        ObservatorySystem system = factory.open(sink);
        for (int n = 0; n < 2_000; n++) {
            system.log(message(n));
        }
        long began = System.nanoTime();
        system.close();
        double seconds = (System.nanoTime() - began) / 1e9;
        sink.up();
        return List.of(new Sample("close-with-dead-sink", name, seconds, "s"));
    }

    private static String message(int n) {
        return "#" + n + "# " + TEXT;
    }

    /** The heap that ten thousand contexts take, each with a record that waits. */
    private List<Sample> contexts() {
        sink.down();
        long before = usedHeap();
        try (Observatory observatory = Observatory.start(ObservatoryOptions.defaults()
                .withAllowed(AllowList.of(List.of(sink.uri().toString()))))) {
            for (int i = 0; i < CONTEXTS; i++) {
                Destination destination = Destination.of(sink.uri(), "token-" + i, WireFormat.OTLP_PROTOBUF);
                if (!observatory.log(ExecutionContext.to(destination), LogRecord.of(Severity.INFO, message(i)))) {
                    throw new IllegalStateException("context " + i + " was not taken");
                }
            }
            double megabytes = (usedHeap() - before) / 1e6;
            int contexts = observatory.stats().contexts();
            if (contexts != CONTEXTS) {
                throw new IllegalStateException(contexts + " contexts instead of " + CONTEXTS);
            }
            observatory.close(Duration.ZERO);
            return List.of(new Sample("contexts-10000", SYSTEM, megabytes, "MB"));
        } finally {
            sink.up();
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Override
    public void close() {
        sink.close();
    }
}
