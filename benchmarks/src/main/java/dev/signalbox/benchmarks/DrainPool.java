package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.database.GatedDataSource;
import dev.signalbox.maintenance.database.PoolGateOptions;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** 64 threads that use a pool of ten connections while it is closed and opened; none may be out, stuck or lost. */
final class DrainPool implements AutoCloseable {
    private static final int THREADS = 64;
    private static final Duration PAUSE = Duration.ofMillis(1);

    private final RealPostgres postgres = RealPostgres.start();
    private final Database database =
            Database.open(DatabaseConfig.of(postgres.freshDatabase()).withPoolSize(10));

    List<Sample> measure(Duration duration) throws Exception {
        try (Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            GatedDataSource pool = GatedDataSource.join(maintenance, database.dataSource(), PoolGateOptions.defaults());
            Windows windows = new Windows(maintenance);
            AtomicBoolean stop = new AtomicBoolean();
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                callers.add(threads.submit(() -> {
                    use(pool, windows, stop);
                    return true;
                }));
            }
            Percentiles drains;
            try {
                drains = windows.run(duration);
            } finally {
                stop.set(true);
            }
            for (Future<?> caller : callers) {
                caller.get(60, TimeUnit.SECONDS);
            }
            if (pool.underWay() != 0) {
                throw new IllegalStateException(pool.underWay() + " connections were lost");
            }
            return drains.samples("drain of a pool, 64 threads", "signalbox");
        }
    }

    private static void use(GatedDataSource pool, Windows windows, AtomicBoolean stop) throws Exception {
        while (!stop.get()) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                windows.working();
                statement.execute("select 1");
                windows.working();
            } catch (SQLTransientConnectionException refused) {
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            } catch (SQLException e) {
                throw new IllegalStateException("a connection failed", e);
            }
        }
    }

    @Override
    public void close() {
        database.close();
        postgres.close();
    }
}
