package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** Deliveries for tests, each with an id of its own. */
final class Deliveries {
    static final String PHONE = "+61491570006";

    private Deliveries() {}

    static Delivery to(String address, String body) {
        return within(address, body, Duration.ofSeconds(30));
    }

    static Delivery within(String address, String body, Duration remaining) {
        return new Delivery(UUID.randomUUID(), 0, 1, Channel.SMS, address, body, Map.of(), remaining);
    }
}
