package dev.signalbox.server.rest;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant. */
final class Suggestion {
    private static final int FARTHEST = 3;

    private Suggestion() {}

    /** " (did you mean 'x'?)" if a known word is near enough, otherwise nothing. */
    static String phrase(String word, Collection<String> known) {
        return closest(word, known)
                .map(near -> " (did you mean '" + near + "'?)")
                .orElse("");
    }

    private static Optional<String> closest(String word, Collection<String> known) {
        String wanted = plain(word);
        int limit = Math.min(FARTHEST, Math.max(1, wanted.length() / 2));
        return known.stream()
                .filter(candidate -> distance(wanted, plain(candidate)) <= limit)
                .min(Comparator.comparingInt(candidate -> distance(wanted, plain(candidate))));
    }

    private static String plain(String word) {
        String plain = word.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return plain.substring(0, Math.min(plain.length(), 40));
    }

    /** The Levenshtein distance, in one row of the usual table. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int i = 0; i < row.length; i++) {
            row[i] = i;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
