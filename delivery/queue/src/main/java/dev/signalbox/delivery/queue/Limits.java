package dev.signalbox.delivery.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;

/** The limits of what may be enqueued, in the words of the field concerned. */
final class Limits {
    static final int STEPS = 8;
    static final int BODY_BYTES = 64 * 1024;
    static final int HEADERS = 32;
    static final int HEADER_NAME = 64;
    static final int HEADER_VALUE = 1024;
    static final int ADDRESS = 512;
    static final int DEDUPE_KEY = 200;
    static final Duration LONGEST_WINDOW = Duration.ofDays(365);
    static final int TAGS = 16;
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");
    static final int PRIORITY = 9;
    static final int ATTEMPTS = 100;
    static final int ACTOR = 200;
    static final int NOTE = 1_000;

    /** The most characters of what others say that are kept. */
    private static final int FITTED = 1_000;

    /** A token of RFC 9110, as header names are. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** Version 00 of W3C Trace Context; the ids of the trace and of the parent are not all zeros. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/=@+-]{0,63}");

    private Limits() {}

    static void check(boolean valid, String field, String problem) {
        if (!valid) {
            throw new IllegalArgumentException(field + " " + problem);
        }
    }

    /** Databases keep neither U+0000 nor half a surrogate pair, and count characters, not halves of them. */
    static void text(String field, String text, int longest) {
        check(!text.isEmpty(), field, "is empty; give 1 to " + longest + " characters");
        check(isStorable(text), field, "holds a character that is not valid Unicode text (U+0000 or half a pair)");
        int length = text.codePointCount(0, text.length());
        check(length <= longest, field, "has " + length + " characters; the most is " + longest);
    }

    static void noControls(String field, String text) {
        check(
                text.chars().noneMatch(Character::isISOControl),
                field,
                "holds a control character, such as a line break; remove it");
    }

    static void body(String body) {
        check(!body.isEmpty(), "body", "is empty; give 1 to " + BODY_BYTES + " bytes");
        check(body.length() <= BODY_BYTES, "body", "has " + body.length() + " characters; the most is " + BODY_BYTES);
        check(isStorable(body), "body", "holds a character that is not valid Unicode text (U+0000 or half a pair)");
        int bytes = body.length() <= BODY_BYTES / 3 ? body.length() : body.getBytes(UTF_8).length;
        check(bytes <= BODY_BYTES, "body", "has " + bytes + " bytes in UTF-8; the most is " + BODY_BYTES);
    }

    static void headers(Map<String, String> headers) {
        check(headers.size() <= HEADERS, "headers", "are " + headers.size() + "; the most is " + HEADERS);
        headers.forEach((name, value) -> named("header", name, value));
    }

    static void metadata(Map<String, String> metadata) {
        check(metadata.size() <= HEADERS, "metadata", "has " + metadata.size() + " names; the most is " + HEADERS);
        metadata.forEach((name, value) -> named("metadata", name, value));
    }

    /** A line break in a header would begin another one wherever headers are written line by line. */
    private static void named(String what, String name, String value) {
        check(!name.isEmpty(), what + " name", "is empty; give 1 to " + HEADER_NAME + " characters");
        check(
                TOKEN.matcher(name).matches(),
                what + " name",
                "'" + printable(name) + "' holds other characters than letters, digits and !#$%&'*+-.^_`|~");
        check(name.length() <= HEADER_NAME, what + " name", "'" + name + "' is longer than " + HEADER_NAME);
        if (!value.isEmpty()) {
            text(what + " '" + name + "'", value, HEADER_VALUE);
            noControls(what + " '" + name + "'", value);
        }
    }

    static void tag(String tag) {
        check(
                TAG.matcher(tag).matches(),
                "tag",
                "'" + printable(tag)
                        + "' is not 1 to 64 letters, digits and ._:/=@+-, beginning with a letter or digit");
    }

    static void dedupeWindow(Duration window) {
        check(
                window.toMillis() >= 1 && window.compareTo(LONGEST_WINDOW) <= 0,
                "dedupe window",
                "is " + window + "; it must be 1 ms to 365 days");
    }

    static void priority(int priority) {
        check(
                priority >= 0 && priority <= PRIORITY,
                "priority",
                "is " + priority + "; it must be 0 (first) to " + PRIORITY + " (last)");
    }

    static boolean isTraceparent(String text) {
        return TRACEPARENT.matcher(text).matches();
    }

    static void time(String field, Instant time) {
        check(time.isAfter(Instant.EPOCH) && time.isBefore(LATEST), field, time + " is not between 1970 and 9999");
    }

    /** What others say, such as a provider, is not ours to refuse: it is cut and mended until it can be stored. */
    static String fitted(String text) {
        StringBuilder fitted = new StringBuilder(Math.min(text.length(), FITTED));
        text.codePoints().limit(FITTED).forEach(c -> fitted.appendCodePoint(c == 0 || isSurrogate(c) ? 0xFFFD : c));
        return fitted.toString();
    }

    private static boolean isSurrogate(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
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
