package dev.signalbox.delivery.digest;

import dev.signalbox.delivery.digest.DigestComposer.Composed;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One below the other. */
final class PlainDigest {
    private static final String COUNT = DigestItem.PREFIX + "count";

    /** Of a message; the newest may have them all. */
    private static final int MOST_HEADERS = 32;

    private static final int LONGEST_SUBJECT = 900;

    private PlainDigest() {}

    static Composed compose(Digest digest) {
        DigestItem newest = digest.newest();
        String between = isHtml(newest) ? "\n<hr>\n" : "\n\n";
        return new Composed(
                digest.items().stream().map(DigestItem::body).collect(Collectors.joining(between)), headers(digest));
    }

    private static Map<String, String> headers(Digest digest) {
        Map<String, String> headers = new HashMap<>();
        digest.newest().headers().forEach((name, value) -> {
            if (!name.toLowerCase(Locale.ROOT).startsWith(DigestItem.PREFIX)) {
                headers.put(
                        name, isSubject(name) ? subject(value, digest.items().size() - 1) : value);
            }
        });
        if (headers.size() < MOST_HEADERS) {
            headers.put(COUNT, Integer.toString(digest.items().size()));
        }
        return headers;
    }

    private static String subject(String newest, int others) {
        int fitting = Math.min(newest.codePointCount(0, newest.length()), LONGEST_SUBJECT);
        return others == 0
                ? newest
                : newest.substring(0, newest.offsetByCodePoints(0, fitting)) + " (and " + others + " more)";
    }

    private static boolean isSubject(String name) {
        return name.equalsIgnoreCase("subject");
    }

    private static boolean isHtml(DigestItem item) {
        return item.header("content-type")
                .filter(type -> type.toLowerCase(Locale.ROOT).startsWith("text/html"))
                .isPresent();
    }
}
