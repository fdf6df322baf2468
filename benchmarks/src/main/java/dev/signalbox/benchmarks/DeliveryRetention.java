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
 * both: as many messages, of which half are two hours old and were sent.
 */
final class DeliveryRetention {
    private static final List<String> TABLES = List.of("message", "outcome", "tag", "tally", "dead");
    private static final String AGE_MESSAGES = "update delivery_message set accepted_at = accepted_at - 7200000000";
    private static final String AGE_OUTCOMES = "update delivery_outcome set at = at - 7200000000";
    private static final Retention MINUTE = new Retention(Optional.of(Duration.ofMinutes(1)), Optional.empty());

    /** Messages for each second of the measurement. Fixed: what the faster case did must not decide how much the other gets. */
    private static final long RATE = 20_000;

    private final DeliverySystem system;
    private final DeliveryThroughput throughput;

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
        int count = DeliveryThroughput.count(RATE, duration);
        fillWithOld(count);
        throughput.fill(count);
        Removed removed = new Removed();
        double seconds = throughput.empty(count, DispatchOptions.DEFAULT.withRetention(retention), removed);
        Sample sent = new Sample("noop-with-old", name, count / seconds, "messages/s");
        return retention.equals(Retention.FOR_EVER)
                ? List.of(sent)
                : List.of(sent, new Sample("removal", name, removed.perSecond(), "messages/s"));
    }

    /** Counts what is removed, until the last of it: where that is done before the last message is sent, the rest of the time is not its. */
    private static final class Removed implements DispatcherListener {
        private final long start = System.nanoTime();
        private final AtomicLong count = new AtomicLong();
        private volatile long last = start;

        @Override
        public void removed(int more) {
            count.addAndGet(more);
            last = System.nanoTime();
        }

        double perSecond() {
            if (count.get() == 0) {
                throw new IllegalStateException("nothing was removed");
            }
            return count.get() * 1e9 / (last - start);
        }
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
