package dev.signalbox.server.suppression;

import dev.signalbox.server.configuration.Reading;
import java.net.URI;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;

/** The suppression list as configured. */
record SuppressionSettings(Optional<URI> unsubscribeUrl, Set<String> unsilenced, Set<String> optIn, boolean atEnqueue) {
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
        Set<String> unsilenced = Set.copyOf(reading.get(SuppressionKeys.UNSILENCED));
        Set<String> optIn = Set.copyOf(reading.get(SuppressionKeys.OPT_IN));
        reading.check(
                Collections.disjoint(unsilenced, optIn),
                SuppressionKeys.OPT_IN,
                "names a category that cannot be silenced, too: leave it out here or in "
                        + SuppressionKeys.UNSILENCED.path());
        return new SuppressionSettings(url, unsilenced, optIn, reading.get(SuppressionKeys.AT_ENQUEUE));
    }
}
