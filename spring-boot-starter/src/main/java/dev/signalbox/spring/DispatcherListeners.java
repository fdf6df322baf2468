package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.State;
import java.time.Duration;
import java.util.List;

/** Tells all listeners of an application, in their order; those after one that throws miss that event. */
record DispatcherListeners(List<DispatcherListener> listeners) implements DispatcherListener {
    DispatcherListeners {
        listeners = List.copyOf(listeners);
    }

    @Override
    public void claimed(Channel channel, int count) {
        listeners.forEach(listener -> listener.claimed(channel, count));
    }

    @Override
    public void attempted(Delivery delivery, SendResult result, Duration took) {
        listeners.forEach(listener -> listener.attempted(delivery, result, took));
    }

    @Override
    public void sent(Delivery delivery, Duration sinceAccepted) {
        listeners.forEach(listener -> listener.sent(delivery, sinceAccepted));
    }

    @Override
    public void completed(Channel channel, State state) {
        listeners.forEach(listener -> listener.completed(channel, state));
    }

    @Override
    public void stale(Channel channel, int count) {
        listeners.forEach(listener -> listener.stale(channel, count));
    }

    @Override
    public void rescued(int count) {
        listeners.forEach(listener -> listener.rescued(count));
    }

    @Override
    public void quarantined(Channel channel, int count) {
        listeners.forEach(listener -> listener.quarantined(channel, count));
    }

    @Override
    public void removed(int count) {
        listeners.forEach(listener -> listener.removed(count));
    }

    @Override
    public void failed(Throwable problem) {
        listeners.forEach(listener -> listener.failed(problem));
    }
}
