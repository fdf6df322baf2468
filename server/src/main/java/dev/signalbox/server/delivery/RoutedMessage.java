package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.router.Address;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A delivery as a message of the router. It keeps its id on every attempt, so that who gets it can tell a repetition. */
final class RoutedMessage {
    /** A receiver recognises a message by its id for as long as it cares to remember. */
    static final Duration ALWAYS = Duration.ofDays(3_650);

    private static final Address SOURCE = Address.logic("deliveries");

    private RoutedMessage() {}

    static Message of(Delivery delivery, Address target) {
        return Message.of(SOURCE, target, Payload.text(delivery.body()))
                .withId(delivery.id())
                .withHeaders(headers(delivery));
    }

    /** With the caller's place in a trace, unless a header of the message says another one. */
    private static Map<String, String> headers(Delivery delivery) {
        if (delivery.traceparent().isEmpty()) {
            return delivery.headers();
        }
        Map<String, String> headers = new LinkedHashMap<>(delivery.headers());
        headers.putIfAbsent("traceparent", delivery.traceparent().get());
        return headers;
    }

    /** How long an attempt may wait: as long as the sender does, but not longer than the delivery has left. */
    static Duration within(Delivery delivery, Duration timeout) {
        return delivery.remaining().compareTo(timeout) < 0 ? delivery.remaining() : timeout;
    }
}
