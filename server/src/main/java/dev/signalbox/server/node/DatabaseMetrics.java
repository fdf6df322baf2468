package dev.signalbox.server.node;

import dev.signalbox.database.Database;
import dev.signalbox.database.PoolFigures;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToIntFunction;

/** How busy the pools of the database are. */
final class DatabaseMetrics {
    private DatabaseMetrics() {}

    /** For the pools there are at the time; features open theirs when they start. */
    static void bind(Database database, MeterRegistry registry) {
        for (PoolFigures pool : database.pools()) {
            gauge(database, registry, pool.name(), "max", "The most connections of a pool.", PoolFigures::most);
            gauge(database, registry, pool.name(), "busy", "Connections in use.", PoolFigures::busy);
            gauge(database, registry, pool.name(), "idle", "Open connections that are free.", PoolFigures::idle);
            gauge(database, registry, pool.name(), "waiting", "Callers that wait for one.", PoolFigures::waiting);
        }
    }

    private static void gauge(
            Database database,
            MeterRegistry registry,
            String pool,
            String what,
            String description,
            ToIntFunction<PoolFigures> figure) {
        Gauge.builder("signalbox.database.connections." + what, database, it -> now(it, pool, figure))
                .tag("pool", pool)
                .description(description)
                .register(registry);
    }

    private static double now(Database database, String pool, ToIntFunction<PoolFigures> figure) {
        return database.pools().stream()
                .filter(figures -> figures.name().equals(pool))
                .mapToInt(figure)
                .sum();
    }
}
