package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A sender that accepts everything and remembers it; each attempt can be held up. */
final class RecordingSender implements Sender {
    final List<String> bodies = new CopyOnWriteArrayList<>();
    final CountDownLatch entered = new CountDownLatch(1);
    volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        entered.countDown();
        gate.await();
        bodies.add(delivery.body());
        return new SendResult.Accepted(Optional.of("r-" + bodies.size()));
    }

    @Override
    public Channel channel() {
        return Channel.SMS;
    }

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(30);
    }

    @Override
    public int concurrency() {
        return 4;
    }

    @Override
    public Duration keyLifetime() {
        return Duration.ofDays(1);
    }
}
