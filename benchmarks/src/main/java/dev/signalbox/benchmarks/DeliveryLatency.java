package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * How long from the call that enqueues one message to the start of its sending, while a thousand a second come in, each in a
 * transaction of its own. A message that is due is enqueued on time even while earlier ones are late, so a stall counts for
 * all that it held up.
 */
final class DeliveryLatency {
    private static final int RATE = 1_000;
    private static final long PAUSE_NANOS = 1_000_000_000L / RATE;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DeliverySystem system;

    DeliveryLatency(DeliverySystem system) {
        this.system = system;
    }

    List<Sample> measure(Duration duration) throws InterruptedException {
        int count = (int) Math.max(RATE / 10, duration.toMillis() * RATE / 1_000);
        Clocking clocking = new Clocking(count);
        try (Dispatcher dispatcher =
                Dispatcher.builder(system.queue()).sender(clocking).build()) {
            dispatcher.start();
            produce(clocking, count);
            if (!clocking.started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("not all were sent in " + PATIENCE);
            }
        }
        long[] nanos = clocking.sorted();
        return List.of(sample("latency-1k/s-p50", nanos, 0.50), sample("latency-1k/s-p99", nanos, 0.99));
    }

    private void produce(Clocking clocking, int count) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                long due = start + i * PAUSE_NANOS;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                Reach reach = Reach.to(Channel.SMS, "+61400000000")
                        .body("Latency " + i)
                        .build();
                clocking.due.put(reach.id(), due);
                threads.execute(() -> system.queue().enqueue(reach));
            }
        }
    }

    private Sample sample(String name, long[] sorted, double part) {
        long nanos = sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * part))];
        return new Sample(name, system.name(), nanos / 1e6, "ms");
    }

    /** Notes when each message began to be sent. */
    private static final class Clocking implements Sender {
        private static final SendResult ACCEPTED = new SendResult.Accepted(Optional.empty());
        private final Map<UUID, Long> due = new ConcurrentHashMap<>();
        private final long[] waited;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch started;

        Clocking(int count) {
            waited = new long[count];
            started = new CountDownLatch(count);
        }

        @Override
        public SendResult send(Delivery delivery) {
            Long since = due.get(delivery.id());
            if (since != null) {
                waited[next.getAndIncrement()] = System.nanoTime() - since;
                started.countDown();
            }
            return ACCEPTED;
        }

        long[] sorted() {
            Arrays.sort(waited);
            return waited;
        }

        @Override
        public Channel channel() {
            return Channel.SMS;
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(5);
        }

        @Override
        public int concurrency() {
            return 256;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ofDays(1);
        }
    }
}
