package dev.signalbox.delivery.suppression;

import dev.signalbox.delivery.suppression.Suppression.Reason;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Why nothing is sent.
 *
 * @param cause one of {@link #causes}, for counting
 * @param words for those who see the message's history
 */
public record Refusal(String cause, String words) {
    private static final String PREFERENCE = "preference";
    private static final String NO_CONSENT = "no-consent";

    /** All that there are: the reasons of suppressions, {@code preference} and {@code no-consent}. */
    public static List<String> causes() {
        return Stream.concat(Arrays.stream(Reason.values()).map(Refusal::cause), Stream.of(PREFERENCE, NO_CONSENT))
                .toList();
    }

    static Refusal of(Suppression entry) {
        return new Refusal(
                cause(entry.reason()),
                "the address is suppressed"
                        + entry.category().map(category -> " for " + category).orElse("") + ": "
                        + entry.reason().words() + said(entry.source(), entry.since()));
    }

    static Refusal of(Preference unwanted) {
        return new Refusal(
                PREFERENCE,
                "the recipient wants no "
                        + unwanted.category()
                                .map(category -> category + " messages")
                                .orElse("messages")
                        + unwanted.channel().map(channel -> " over " + channel).orElse("")
                        + said(unwanted.source(), unwanted.since()));
    }

    static Refusal withoutConsent(Optional<String> category) {
        return new Refusal(
                NO_CONSENT,
                "the recipient has not asked for " + category.orElse("such")
                        + " messages, and only those get them who have; a preference for the category says so");
    }

    private static String cause(Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String said(String source, Instant since) {
        return " (" + source + ") on " + since.toString().substring(0, "2026-03-01".length());
    }
}
