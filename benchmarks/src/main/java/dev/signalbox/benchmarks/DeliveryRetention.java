package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.Retention;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much slower deliveries are while as many old messages are being removed, and how fast that is. The table is the same for
 * both: half of its messages are two hours old and were sent.
 */
final class DeliveryRetention {
    private static final List<String> TABLES = List.of("message", "outcome", "tag", "tally", "dead");
    private static final String AGE_MESSAGES = "update delivery_message set accepted_at = accepted_at - 7200000000";
    private static final String AGE_OUTCOMES = "update delivery_outcome set at = at - 7200000000";
    private static final Retention MINUTE = new Retention(Optional.of(Duration.ofMinutes(1)), Optional.empty());

    private final DeliverySystem system;
    private final DeliveryThroughput throughput;
    private long rate = 20_000;

    /** @param system on PostgreSQL, and used for nothing else: its tables are emptied */
    DeliveryRetention(DeliverySystem system, DeliveryProvider provider) {
        this.system = system;
        this.throughput = new DeliveryThroughput(system, provider);
    }

    List<Sample> removing(Duration duration) throws Exception {
        return measure("signalbox-removing", MINUTE, duration);
    }

    List<Sample> keeping(Duration duration) throws Exception {
        return measure("keeping", Retention.FOR_EVER, duration);
    }

    private List<Sample> measure(String name, Retention retention, Duration duration) throws Exception {
        int count = DeliveryThroughput.count(rate, duration);
        fillWithOld(count);
        throughput.fill(count);
        AtomicLong removed = new AtomicLong();
        double seconds =
                throughput.empty(count, DispatchOptions.DEFAULT.withRetention(retention), new DispatcherListener() {
                    @Override
                    public void removed(int more) {
                        removed.addAndGet(more);
                    }
                });
        rate = (long) (count / seconds);
        Sample sent = new Sample("noop-with-old", name, count / seconds, "messages/s");
        if (retention.equals(Retention.FOR_EVER)) {
            return List.of(sent);
        }
        if (removed.get() == 0) {
            throw new IllegalStateException("nothing was removed");
        }
        return List.of(sent, new Sample("removal", name, removed.get() / seconds, "messages/s"));
    }

    private void fillWithOld(int count) throws InterruptedException {
        run("truncate "
                + String.join(
                        ", ", TABLES.stream().map(table -> "delivery_" + table).toList()) + " cascade");
        throughput.fill(count);
        throughput.empty(count, DispatchOptions.DEFAULT, new DispatcherListener() {});
        run(AGE_MESSAGES);
        run(AGE_OUTCOMES);
        run("vacuum analyze delivery_message");
        run("vacuum analyze delivery_outcome");
    }

    private void run(String sql) {
        system.database().autoCommit(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }
}
