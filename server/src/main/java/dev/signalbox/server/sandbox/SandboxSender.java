package dev.signalbox.server.sandbox;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Accepts everything and sends nothing; for the rest it is as the sender in whose place it is. Thread-safe. */
record SandboxSender(Sender sender) implements Sender {
    @Override
    public Channel channel() {
        return sender.channel();
    }

    @Override
    public SendResult send(Delivery delivery) {
        return new SendResult.Accepted(Optional.of("sandbox-" + delivery.idempotencyKey()));
    }

    @Override
    public Duration timeout() {
        return sender.timeout();
    }

    @Override
    public int concurrency() {
        return sender.concurrency();
    }

    @Override
    public Duration keyLifetime() {
        return sender.keyLifetime();
    }

    @Override
    public boolean leavesDoubt() {
        return sender.leavesDoubt();
    }

    @Override
    public List<Duration> schedule() {
        return sender.schedule();
    }
}
