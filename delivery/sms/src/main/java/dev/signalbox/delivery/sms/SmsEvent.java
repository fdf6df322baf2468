package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.DeliveryReceipt;
import java.util.Optional;

/** What a provider tells over HTTP after it took a message, or of a person who wrote. */
public sealed interface SmsEvent {

    /**
     * How far a message got.
     *
     * @param key the message's idempotency key, as the provider was given it
     * @param providerId the provider's name for the message
     * @param code the provider's own word or number for it
     */
    record Report(String key, String providerId, DeliveryReceipt.Status status, Optional<String> code)
            implements SmsEvent {}

    /**
     * A person wrote to our number.
     *
     * @param from the person's number in E.164
     * @param text as it was written
     */
    record Text(String from, String text) implements SmsEvent {
        /** What it says of further messages, if it is one word that does. */
        public Optional<SmsKeyword> keyword() {
            return SmsKeyword.of(text);
        }
    }
}
