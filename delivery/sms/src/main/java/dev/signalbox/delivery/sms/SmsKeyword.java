package dev.signalbox.delivery.sms;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What people write to get no more messages, or messages again: the words that carriers in English-speaking countries demand. */
public enum SmsKeyword {
    /** No more messages. */
    STOP,
    /** Messages again. */
    START,
    /** Who are you? Answered by the provider, or not at all. */
    HELP;

    private static final Map<SmsKeyword, Set<String>> WORDS = Map.of(
            STOP, Set.of("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "OPT-OUT", "REVOKE"),
            START, Set.of("START", "YES", "UNSTOP"),
            HELP, Set.of("HELP", "INFO"));

    /** The keyword that a text is. Case, blanks and punctuation around it do not count; a longer text is none. */
    public static Optional<SmsKeyword> of(String text) {
        String word = text.strip()
                .replaceAll("^[\\p{Punct}\\s]+|[\\p{Punct}\\s]+$", "")
                .toUpperCase(Locale.ROOT);
        return WORDS.entrySet().stream()
                .filter(entry -> entry.getValue().contains(word))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
