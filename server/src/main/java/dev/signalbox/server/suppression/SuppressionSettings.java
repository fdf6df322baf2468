package dev.signalbox.server.suppression;

import dev.signalbox.server.configuration.Reading;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** The suppression list as configured. */
record SuppressionSettings(Optional<URI> unsubscribeUrl, Set<String> unsilenced, boolean atEnqueue) {
    private static final int LONGEST_URL = 200;

    /** Reads every key, so that each mistake is named. */
    static SuppressionSettings read(Reading reading) {
        Optional<URI> url = reading.find(SuppressionKeys.UNSUBSCRIBE_URL);
        reading.check(
                url.map(each -> "https".equals(each.getScheme())
                                && each.toString().length() <= LONGEST_URL)
                        .orElse(true),
                SuppressionKeys.UNSUBSCRIBE_URL,
                "must be https, as mail programs demand, and at most " + LONGEST_URL + " characters");
        return new SuppressionSettings(
                url, Set.copyOf(reading.get(SuppressionKeys.UNSILENCED)), reading.get(SuppressionKeys.AT_ENQUEUE));
    }
}
