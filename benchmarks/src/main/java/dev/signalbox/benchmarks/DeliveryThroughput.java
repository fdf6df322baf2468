package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Fills the queue, then empties it through a sender, and counts what arrived. */
final class DeliveryThroughput {
    private static final int BODY_CHARACTERS = 160;
    private static final int BULK = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final DeliverySystem system;
    private final DeliveryProvider provider;
    private long noopRate = 20_000;
    private long httpRate = 4_000;

    DeliveryThroughput(DeliverySystem system, DeliveryProvider provider) {
        this.system = system;
        this.provider = provider;
    }

    /** With a sender that does nothing: the queue alone. Tells the way in and the log, too. */
    List<Sample> noop(Duration duration) throws InterruptedException {
        Noop sender = new Noop();
        int count = count(noopRate, duration);
        List<Sample> samples = new ArrayList<>();
        long log = logBytes();
        double enqueueSeconds = fill(count);
        long logFull = logBytes();
        double seconds = empty(sender, count);
        long logEmpty = logBytes();
        check(sender.calls.sum(), count);
        noopRate = (long) (count / seconds);
        samples.add(sample("enqueue-bulk", count / enqueueSeconds, "messages/s"));
        samples.add(sample("noop", count / seconds, "messages/s"));
        if (system.hasWriteAheadLog()) {
            samples.add(sample("log-enqueue", (double) (logFull - log) / count, "bytes/message"));
            samples.add(sample("log-claim-complete", (double) (logEmpty - logFull) / count, "bytes/message"));
        }
        return samples;
    }

    /** Over HTTP on loopback to the simulated provider. */
    List<Sample> http(Duration duration) throws InterruptedException {
        int count = count(httpRate, duration);
        fill(count);
        long before = provider.accepted();
        double seconds = empty(provider.smsSender(), count);
        check(provider.accepted() - before, count);
        httpRate = (long) (count / seconds);
        return List.of(sample("http", count / seconds, "messages/s"));
    }

    static int count(long rate, Duration duration) {
        long count = Math.max(BULK, rate * duration.toMillis() / 1_000);
        return (int) (count - count % BULK);
    }

    private long logBytes() {
        return system.hasWriteAheadLog() ? system.logBytes() : 0;
    }

    private Sample sample(String name, double value, String unit) {
        return new Sample(name, system.name(), value, unit);
    }

    /** Enqueues so many; returns how many seconds that took. */
    double fill(int count) {
        long start = System.nanoTime();
        for (int from = 0; from < count; from += BULK) {
            List<Reach> bulk = new ArrayList<>(BULK);
            for (int i = from; i < from + BULK; i++) {
                bulk.add(Reach.to(Channel.SMS, "+614" + (10_000_000 + i))
                        .body(body(i))
                        .build());
            }
            system.queue().enqueueAll(bulk);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static String body(int i) {
        String start = "Message " + i + " ";
        return start + "x".repeat(BODY_CHARACTERS - start.length());
    }

    private double empty(Sender sender, int count) throws InterruptedException {
        return empty(sender, count, DispatchOptions.DEFAULT, new DispatcherListener() {});
    }

    /** Sends so many, doing nothing; returns how many seconds passed until the last outcome was durable. */
    double empty(int count, DispatchOptions options, DispatcherListener listener) throws InterruptedException {
        return empty(new Noop(), count, options, listener);
    }

    private double empty(Sender sender, int count, DispatchOptions options, DispatcherListener listener)
            throws InterruptedException {
        Finish finish = new Finish(count);
        long start = System.nanoTime();
        try (Dispatcher dispatcher = Dispatcher.builder(system.queue())
                .sender(sender)
                .options(options)
                .listener(finish)
                .listener(listener)
                .build()) {
            dispatcher.start();
            if (!finish.reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(finish.left + " of " + count + " did not end in " + PATIENCE);
            }
        }
        double seconds = (finish.nanos - start) / 1e9;
        check(system.queue().counts().byState().getOrDefault(MessageState.CLAIMED, 0L), 0);
        return seconds;
    }

    private static void check(long actual, long expected) {
        if (actual != expected) {
            throw new IllegalStateException(actual + ", not " + expected);
        }
    }

    /** Waits for the last durable outcome. */
    private static final class Finish implements DispatcherListener {
        private final AtomicLong left;
        private final CountDownLatch reached = new CountDownLatch(1);
        private volatile long nanos;

        Finish(int count) {
            left = new AtomicLong(count);
        }

        @Override
        public void completed(Channel channel, MessageState state) {
            if (state == MessageState.SENT && left.decrementAndGet() == 0) {
                nanos = System.nanoTime();
                reached.countDown();
            }
        }
    }

    /** Takes everything at once. */
    private static final class Noop implements Sender {
        private static final SendResult ACCEPTED = new SendResult.Accepted(Optional.empty());
        private final LongAdder calls = new LongAdder();

        @Override
        public SendResult send(Delivery delivery) {
            calls.increment();
            return ACCEPTED;
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
            return 512;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ofDays(1);
        }
    }
}
