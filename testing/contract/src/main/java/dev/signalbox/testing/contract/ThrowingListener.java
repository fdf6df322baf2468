package dev.signalbox.testing.contract;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.SendResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Throws whatever can be thrown, in turn, whatever it is told. Thread-safe. */
final class ThrowingListener implements DispatcherListener {
    private final AtomicInteger calls = new AtomicInteger();

    int calls() {
        return calls.get();
    }

    private void fail() {
        switch (calls.incrementAndGet() % 3) {
            case 0 -> throw new IllegalStateException("as the test wants it");
            case 1 -> throw new AssertionError("as the test wants it");
            default -> throw new StackOverflowError("as the test wants it");
        }
    }

    @Override
    public void claimed(Channel channel, int count) {
        fail();
    }

    @Override
    public void attempted(Delivery delivery, SendResult result, Duration took) {
        fail();
    }

    @Override
    public void sent(Delivery delivery, Duration sinceAccepted) {
        fail();
    }

    @Override
    public void completed(Channel channel, MessageState state) {
        fail();
    }

    @Override
    public void stale(Channel channel, int count) {
        fail();
    }

    @Override
    public void rescued(int count) {
        fail();
    }

    @Override
    public void quarantined(Channel channel, int count) {
        fail();
    }

    @Override
    public void failed(Throwable problem) {
        fail();
    }
}
