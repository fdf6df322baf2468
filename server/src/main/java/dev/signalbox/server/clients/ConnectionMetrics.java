package dev.signalbox.server.clients;

import dev.signalbox.endpoint.netty.ConnectionListener;
import dev.signalbox.server.configuration.Kind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Counts connections that went wrong, for Prometheus. Thread-safe, and never blocks. */
final class ConnectionMetrics implements ConnectionListener {
    private final Map<Fault, Counter> counters;

    /** All counters are there from the start, at 0. */
    ConnectionMetrics(MeterRegistry registry) {
        counters = Arrays.stream(Fault.values())
                .collect(Collectors.toMap(
                        Function.identity(),
                        fault -> counter(registry, fault),
                        (one, other) -> one,
                        () -> new EnumMap<>(Fault.class)));
    }

    private static Counter counter(MeterRegistry registry, Fault fault) {
        return Counter.builder("signalbox.clients.failed")
                .tag("fault", Kind.written(fault).replace('_', '-'))
                .description("Connections of clients that were refused, or broke the protocol")
                .register(registry);
    }

    @Override
    public void failed(Fault fault) {
        Objects.requireNonNull(counters.get(fault)).increment();
    }
}
