package dev.signalbox.server;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.State;
import dev.signalbox.server.rest.DeliveryMetrics;
import java.time.Duration;

/** Passes what the dispatcher does on to the metrics. */
record DispatchWatch(DeliveryMetrics metrics) implements DispatcherListener {

    @Override
    public void attempted(Delivery delivery, SendResult result, Duration took) {
        metrics.attempted(delivery.channel(), name(result), took);
    }

    @Override
    public void completed(Channel channel, State state) {
        if (state.isFinal()) {
            metrics.ended(state);
        }
    }

    private static String name(SendResult result) {
        return switch (result) {
            case SendResult.Accepted accepted -> "accepted";
            case SendResult.NotSent notSent -> "not_sent";
            case SendResult.Rejected rejected -> "rejected";
            case SendResult.Unknown unknown -> "unknown";
        };
    }
}
