package dev.signalbox.delivery.queue;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a provider told of a message after it took it.
 *
 * @param message the reach's id
 * @param step the index of the step, from 0
 * @param providerId the provider's name for what it sent: as in the attempt, which has the name of one of several providers before it,
 *     or of a further part; 1 to 255 characters
 * @param code the provider's own word or number, to 100 characters
 * @param at when it came here
 */
public record DeliveryReceipt(
        UUID message, int step, String providerId, Status status, Optional<String> code, Instant at) {
    private static final Pattern KEY =
            Pattern.compile("([0-9a-f-]{36})(?:\\.([0-7]))?(?:\\.r\\d{1,9})?(?:\\.p\\d{1,3})?");
    private static final int LONGEST_ID = 255;
    private static final int LONGEST_CODE = 100;

    public DeliveryReceipt {
        Limits.text("provider id", providerId, LONGEST_ID);
        code = code.map(DeliveryReceipt::fitted).filter(text -> !text.isEmpty());
    }

    private static String fitted(String code) {
        String text = Limits.fitted(code);
        return text.codePointCount(0, text.length()) <= LONGEST_CODE
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST_CODE));
    }

    /** How far a message got, in the order in which one outranks the other. */
    public enum Status {
        /** The provider has not passed it on yet. */
        BUFFERED(0),
        /** The provider has passed it on. */
        SENT(1),
        /** It will not arrive. */
        UNDELIVERED(2),
        /** It has arrived. Outranks the opposite, since networks tell of failed attempts before one succeeds. */
        DELIVERED(3);

        private final int rank;

        Status(int rank) {
            this.rank = rank;
        }

        int rank() {
            return rank;
        }
    }

    /**
     * A receipt for the message that a provider knows by an idempotency key of ours.
     *
     * @param key as {@link Delivery#idempotencyKey()} makes it, or that with {@code .p} and the number of a part
     * @return empty if it is no such key
     */
    public static Optional<DeliveryReceipt> of(
            String key, String providerId, Status status, Optional<String> code, Instant at) {
        Matcher parts = KEY.matcher(key);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int step = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
        try {
            return Optional.of(
                    new DeliveryReceipt(UUID.fromString(parts.group(1)), step, providerId, status, code, at));
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }
}
