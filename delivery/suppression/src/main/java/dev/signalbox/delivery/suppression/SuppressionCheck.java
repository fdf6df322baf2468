package dev.signalbox.delivery.suppression;

import static java.util.function.Predicate.not;

import dev.signalbox.delivery.queue.Channel;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a message may go to an address. Its category is its header {@code category}, in any case; whose preferences
 * count is its header {@code recipient}, or else its address. Categories that cannot be silenced go to everyone who can be
 * reached: there, only that an address does not exist holds a message back.
 *
 * @param unsilenced categories that no wish of a recipient or operator silences, such as receipts and password resets
 * @param optIn categories for those alone who have a preference for them
 */
public record SuppressionCheck(
        SuppressionList list, Preferences preferences, Set<String> unsilenced, Set<String> optIn) {
    private static final String CATEGORY = "category";
    private static final String RECIPIENT = "recipient";

    public SuppressionCheck {
        unsilenced = Set.copyOf(unsilenced);
        optIn = Set.copyOf(optIn);
    }

    /** The category of a message with these headers; empty if it has none, or one that is {@linkplain Suppression#isCategory no name}. */
    public static Optional<String> category(Map<String, String> headers) {
        return header(headers, CATEGORY)
                .map(value -> value.toLowerCase(Locale.ROOT))
                .filter(Suppression::isCategory);
    }

    private static Optional<String> header(Map<String, String> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(header -> header.getValue().strip())
                .filter(not(String::isEmpty))
                .findFirst();
    }

    /** Whether recipients can silence messages with these headers. */
    public boolean canBeSilenced(Map<String, String> headers) {
        return category(headers).filter(unsilenced::contains).isEmpty();
    }

    /** What holds a message with these headers back; empty if it may go. */
    public Optional<Refusal> refusal(Channel channel, String address, Map<String, String> headers) {
        return suppressed(channel, address, headers).or(() -> unwanted(channel, address, headers));
    }

    private Optional<Refusal> suppressed(Channel channel, String address, Map<String, String> headers) {
        boolean silenceable = canBeSilenced(headers);
        return list.holding(channel, address, category(headers)).stream()
                .filter(entry -> silenceable || entry.reason().isImpossible())
                .findFirst()
                .map(Refusal::of);
    }

    private Optional<Refusal> unwanted(Channel channel, String address, Map<String, String> headers) {
        if (!canBeSilenced(headers)) {
            return Optional.empty();
        }
        Optional<String> category = category(headers);
        String recipient = header(headers, RECIPIENT).orElse(channel + ":" + address);
        List<Preference> applying = preferences.applying(recipient, channel, category);
        return Preference.deciding(applying)
                .filter(not(Preference::wanted))
                .map(Refusal::of)
                .or(() -> category.filter(optIn::contains)
                        .filter(_ -> applying.stream().noneMatch(SuppressionCheck::asksForIt))
                        .map(_ -> Refusal.withoutConsent(category)));
    }

    /** Who wants everything has not asked for what takes asking. */
    private static boolean asksForIt(Preference preference) {
        return preference.wanted() && preference.category().isPresent();
    }
}
