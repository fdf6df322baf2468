package dev.signalbox.server.suppression;

import dev.signalbox.delivery.suppression.Suppression;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of the suppression list. */
final class SuppressionKeys {
    private static final Kind<List<String>> CATEGORIES = new Kind<>(
            "categories such as transactional receipts, with blanks in between", SuppressionKeys::categories);

    static final Key<URI> UNSUBSCRIBE_URL = Key.optional(
            "suppression.unsubscribe-url",
            Kind.base(),
            "Where recipients of mail unsubscribe with one click: an https URL, reachable from the internet, whose path"
                    + " leads to /unsubscribe of this server, such as https://example.com/unsubscribe. Without it, mail has"
                    + " no such link, unless a message brings one.");
    static final Key<List<String>> UNSILENCED = Key.of(
            "suppression.unsilenced",
            CATEGORIES,
            "transactional",
            "Categories of messages (their header category) that no wish of a recipient silences. They are held back only"
                    + " from addresses that do not exist.");
    static final Key<List<String>> OPT_IN = Key.of(
            "suppression.opt-in",
            CATEGORIES,
            "",
            "Categories of messages that go to those alone who have asked for them: by a preference that names the category.");
    static final Key<Boolean> AT_ENQUEUE = Key.of(
            "suppression.at-enqueue",
            Kind.truth(),
            "false",
            "Also refuses a message when it is enqueued, if every step of it is suppressed then.");

    static final List<Key<?>> ALL = List.of(UNSUBSCRIBE_URL, UNSILENCED, OPT_IN, AT_ENQUEUE);

    private SuppressionKeys() {}

    private static List<String> categories(String text) {
        List<String> words = Pattern.compile("\\s+")
                .splitAsStream(text.strip())
                .filter(word -> !word.isEmpty())
                .toList();
        if (!words.stream().allMatch(Suppression::isCategory)) {
            throw new IllegalArgumentException(text);
        }
        return words;
    }
}
