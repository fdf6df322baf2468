package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.List;

/** A sender that does something around the attempts of another and is otherwise the same. Thread-safe if the other is. */
abstract class WrappedSender implements Sender {
    private final Sender sender;

    WrappedSender(Sender sender) {
        this.sender = sender;
    }

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        return sender.send(delivery);
    }

    @Override
    public Channel channel() {
        return sender.channel();
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
    public boolean sharesProvider() {
        return sender.sharesProvider();
    }

    @Override
    public List<Duration> schedule() {
        return sender.schedule();
    }
}
