package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/** A sender whose attempts are observations: spans where the application traces, timers where it has metrics. */
final class ObservedSender extends WrappedSender {
    static final String NAME = "signalbox.attempts";

    private final ObservationRegistry registry;

    ObservedSender(Sender sender, ObservationRegistry registry) {
        super(sender);
        this.registry = registry;
    }

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
            SendResult result = super.send(delivery);
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
}
