package dev.signalbox.server.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant, whatever its case and separators. */
public final class Suggestion {
    private static final int LONGEST = 80;

    private Suggestion() {}

    /** " (did you mean 'x'?)" if a known word is near enough, otherwise nothing. */
    public static String phrase(String word, Collection<String> known) {
        return of(word, known).map(near -> " (did you mean '" + near + "'?)").orElse("");
    }

    public static Optional<String> of(String word, Collection<String> known) {
        String wanted = plain(word);
        int length = wanted.length();
        int farthest = Math.max(1, Math.min(length / 2, Math.max(2, length / 4)));
        return known.stream()
                .filter(candidate -> distance(wanted, plain(candidate)) <= farthest)
                .min(Comparator.comparingInt(candidate -> distance(wanted, plain(candidate))));
    }

    private static String plain(String word) {
        String plain = word.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return plain.substring(0, Math.min(plain.length(), LONGEST));
    }

    /** Levenshtein's distance, in one row of the usual table. */
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
