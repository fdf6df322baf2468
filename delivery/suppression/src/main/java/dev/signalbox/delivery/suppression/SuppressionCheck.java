package dev.signalbox.delivery.suppression;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a message may go to an address. Its category is its header {@code category}, in any case. Categories that
 * cannot be silenced go to everyone who can be reached: there, only that an address does not exist holds a message back.
 *
 * @param unsilenced categories that no wish of a recipient or operator silences, such as receipts and password resets
 */
public record SuppressionCheck(SuppressionList list, Set<String> unsilenced) {
    private static final String HEADER = "category";

    public SuppressionCheck {
        unsilenced = Set.copyOf(unsilenced);
    }

    /** The category of a message with these headers; empty if it has none, or one that is {@linkplain Suppression#isCategory no name}. */
    public static Optional<String> category(Map<String, String> headers) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(HEADER))
                .map(header -> header.getValue().strip().toLowerCase(Locale.ROOT))
                .filter(Suppression::isCategory)
                .findFirst();
    }

    /** Whether recipients can silence messages with these headers. */
    public boolean canBeSilenced(Map<String, String> headers) {
        return category(headers).filter(unsilenced::contains).isEmpty();
    }

    /** What holds a message with these headers back; empty if it may go. */
    public Optional<Suppression> holding(Channel channel, String address, Map<String, String> headers) {
        boolean silenceable = canBeSilenced(headers);
        return list.holding(channel, address, category(headers)).stream()
                .filter(entry -> silenceable || entry.reason().isImpossible())
                .findFirst();
    }

    /** Why nothing is sent, for those who see the message's history. */
    public static String words(Suppression entry) {
        return "the address is suppressed"
                + entry.category().map(category -> " for " + category).orElse("") + ": "
                + words(entry.reason(), entry.source()) + " on "
                + entry.since().toString().substring(0, "2026-03-01".length());
    }

    private static String words(Reason reason, String source) {
        return reason.words() + " (" + source + ")";
    }
}
