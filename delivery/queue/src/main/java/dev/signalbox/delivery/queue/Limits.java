package dev.signalbox.delivery.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;

/** The limits of what may be enqueued, in the words of the field concerned. */
final class Limits {
    static final int STEPS = 8;
    static final int BODY_BYTES = 64 * 1024;
    static final int HEADERS = 32;
    static final int HEADER_NAME = 64;
    static final int HEADER_VALUE = 1024;
    static final int ADDRESS = 512;
    static final int DEDUPE_KEY = 200;
    static final int PRIORITY = 9;
    static final int ATTEMPTS = 100;

    private Limits() {}

    static void check(boolean valid, String field, String problem) {
        if (!valid) {
            throw new IllegalArgumentException(field + " " + problem);
        }
    }

    /** Databases keep neither U+0000 nor half a surrogate pair. */
    static void text(String field, String text, int longest) {
        check(!text.isEmpty(), field, "is empty; give 1 to " + longest + " characters");
        check(text.length() <= longest, field, "has " + text.length() + " characters; the most is " + longest);
        check(isStorable(text), field, "holds a character that is not valid Unicode text (U+0000 or half a pair)");
    }

    static void body(String body) {
        text("body", body, BODY_BYTES);
        int bytes = body.length() <= BODY_BYTES / 3 ? body.length() : body.getBytes(UTF_8).length;
        check(bytes <= BODY_BYTES, "body", "has " + bytes + " bytes in UTF-8; the most is " + BODY_BYTES);
    }

    static void headers(Map<String, String> headers) {
        check(headers.size() <= HEADERS, "headers", "are " + headers.size() + "; the most is " + HEADERS);
        headers.forEach((name, value) -> {
            text("header name '" + name + "'", name, HEADER_NAME);
            check(
                    value.length() <= HEADER_VALUE && isStorable(value),
                    "header '" + name + "'",
                    "must be valid text of at most " + HEADER_VALUE + " characters");
        });
    }

    private static boolean isStorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }
}
