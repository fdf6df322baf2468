package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.Optional;

/** Stands for a provider that accepts everything and sends nothing. */
record AcceptingSender(Channel channel) implements Sender {
    @Override
    public SendResult send(Delivery delivery) {
        return new SendResult.Accepted(Optional.of("test-" + delivery.id()));
    }

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(1);
    }

    @Override
    public int concurrency() {
        return 1;
    }

    @Override
    public Duration keyLifetime() {
        return Duration.ofDays(1);
    }
}
