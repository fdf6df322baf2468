package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;

/** Fills and empties a rival as {@link DeliveryThroughput} does ours, under the names of the same cases. */
final class RivalThroughput {
    private static final int LEAST = 1_000;
    private static final int LATENCY_RATE = 1_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final DeliveryRival rival;
    private final LongSupplier logBytes;
    private long noopRate = 2_000;
    private long httpRate = 500;

    /** @param logBytes how many bytes PostgreSQL has written to its log so far */
    RivalThroughput(DeliveryRival rival, LongSupplier logBytes) {
        this.rival = rival;
        this.logBytes = logBytes;
    }

    List<Sample> noop(Duration duration) throws Exception {
        int count = count(noopRate, duration);
        long before = logBytes.getAsLong();
        double fill = rival.fill(count);
        long full = logBytes.getAsLong();
        double seconds = rival.empty(count);
        long empty = logBytes.getAsLong();
        noopRate = (long) (count / seconds);
        List<Sample> samples = new ArrayList<>();
        samples.add(sample("enqueue-bulk", count / fill, "messages/s"));
        samples.add(sample("noop", count / seconds, "messages/s"));
        if (rival.isInPostgresql()) {
            samples.add(sample("log-enqueue", (double) (full - before) / count, "bytes/message"));
            samples.add(sample("log-claim-complete", (double) (empty - full) / count, "bytes/message"));
        }
        return samples;
    }

    /** Over HTTP to the simulated provider, by the same sender as ours. */
    List<Sample> http(JavaRival java, DeliveryProvider provider, Duration duration) throws Exception {
        int count = count(httpRate, duration);
        java.fill(count);
        long before = provider.accepted();
        double seconds = java.empty(count, () -> send(provider));
        long accepted = provider.accepted() - before;
        if (accepted != count) {
            throw new IllegalStateException(java.name() + " sent " + accepted + " of " + count);
        }
        httpRate = (long) (count / seconds);
        return List.of(sample("http", count / seconds, "messages/s"));
    }

    private static void send(DeliveryProvider provider) throws InterruptedException {
        Delivery delivery =
                new Delivery(UUID.randomUUID(), 0, 1, Channel.SMS, "+61410000000", "x".repeat(160), Map.of(), TIMEOUT);
        SendResult result = provider.smsSender().send(delivery);
        if (!(result instanceof SendResult.Accepted)) {
            throw new IllegalStateException("the provider did not accept a message: " + result);
        }
    }

    /** From the call that enqueues to the start of the handling, at a thousand a second. */
    List<Sample> latency(RivalProcess process, Duration duration) throws Exception {
        long count = Math.max(LATENCY_RATE / 10, duration.toMillis() * LATENCY_RATE / 1_000);
        JsonNode answer = process.ask("latency " + LATENCY_RATE + " " + count);
        return List.of(
                sample("latency-1k/s-p50", answer.get("p50").asDouble(), "ms"),
                sample("latency-1k/s-p99", answer.get("p99").asDouble(), "ms"));
    }

    private static int count(long rate, Duration duration) {
        long count = Math.max(LEAST, rate * duration.toMillis() / 1_000);
        return (int) (count - count % LEAST);
    }

    private Sample sample(String name, double value, String unit) {
        return new Sample(name, rival.name(), value, unit);
    }
}
