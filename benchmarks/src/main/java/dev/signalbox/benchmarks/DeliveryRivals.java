package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Case;
import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.services.RealRedis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Other queues on the same PostgreSQL, each in a database of its own and with the settings that its guide or its own benchmark
 * recommends; BullMQ on a Redis that appends to its log and syncs it every second.
 */
final class DeliveryRivals implements AutoCloseable {
    /** All of them together have to stay within the connections that the server allows. */
    private static final int POOL = 15;

    private final Opened opened = new Opened();
    private final RealPostgres server;
    private final DeliveryProvider provider;
    private final LongSupplier logBytes;
    private final Rivals rivals = Rivals.here();

    DeliveryRivals(RealPostgres server, DeliveryProvider provider, LongSupplier logBytes) {
        this.server = server;
        this.provider = provider;
        this.logBytes = logBytes;
    }

    List<Case> cases() throws Exception {
        Path queues = rivals.queues();
        List<Case> cases = new ArrayList<>();
        for (String name : List.of("graphile-worker-batched", "graphile-worker")) {
            RivalProcess graphile = node(queues, name, true, databaseUrl());
            RivalThroughput throughput = new RivalThroughput(graphile, logBytes);
            cases.add(throughput::noop);
            cases.add(duration -> throughput.latency(graphile, duration));
        }
        cases.add(noop(node(queues, "pg-boss", true, databaseUrl())));
        RealRedis redis = opened.opening(RealRedis.start("appendonly yes", "appendfsync everysec"));
        cases.add(noop(node(queues, "bullmq", false, redis.url())));
        List<String> river = List.of(rivals.river().toString(), databaseUrl());
        cases.add(noop(opened.opening(RivalProcess.start("river", true, river))));
        for (JavaRival java : List.of(
                new DbSchedulerRival(database(), true),
                new DbSchedulerRival(database(), false),
                new JobRunrRival(database()))) {
            RivalThroughput throughput = new RivalThroughput(opened.opening(java), logBytes);
            cases.add(throughput::noop);
            cases.add(duration -> throughput.http(java, provider, duration));
        }
        return cases;
    }

    private RivalProcess node(Path script, String name, boolean inPostgresql, String url) throws Exception {
        return opened.opening(RivalProcess.start(name, inPostgresql, List.of("node", script.toString(), name, url)));
    }

    private Case noop(DeliveryRival rival) {
        return new RivalThroughput(rival, logBytes)::noop;
    }

    /** Of a new database, as other languages write it. */
    private String databaseUrl() {
        String jdbc = server.freshDatabase();
        String place = jdbc.substring("jdbc:postgresql://".length(), jdbc.indexOf('?'));
        return "postgres://postgres@" + place;
    }

    private Database database() {
        DatabaseConfig config = DatabaseConfig.of(server.freshDatabase());
        return Database.open(config.withPool(config.pool().withSize(POOL)));
    }

    @Override
    public void close() {
        opened.close();
    }
}
