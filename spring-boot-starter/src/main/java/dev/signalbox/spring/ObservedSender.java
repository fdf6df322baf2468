package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sender whose attempts are observations: spans where the application traces, timers where it has metrics. */
record ObservedSender(Sender sender, ObservationRegistry registry) implements Sender {
    static final String NAME = "signalbox.attempts";

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        Observation observation = Observation.createNotStarted(NAME, registry)
                .contextualName("send " + channel())
                .lowCardinalityKeyValue("channel", channel().name())
                // Meters of one name must have the same tags, also of an attempt that throws.
                .lowCardinalityKeyValue("result", "unknown")
                .highCardinalityKeyValue("message", delivery.id().toString())
                .start();
        try (Observation.Scope scope = observation.openScope()) {
            SendResult result = sender.send(delivery);
            observation.lowCardinalityKeyValue("result", name(result));
            return result;
        } catch (Throwable e) {
            observation.error(e);
            throw e;
        } finally {
            observation.stop();
        }
    }

    private static String name(@Nullable SendResult result) {
        return switch (result) {
            case SendResult.Accepted accepted -> "accepted";
            case SendResult.NotSent notSent -> "not_sent";
            case SendResult.Rejected rejected -> "rejected";
            case SendResult.Unknown unknown -> "unknown";
            case null -> "unknown";
        };
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
