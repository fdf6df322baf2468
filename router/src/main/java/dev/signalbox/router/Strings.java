package dev.signalbox.router;

import java.util.UUID;

/** Checks on strings that came from outside. */
final class Strings {
    private static final int EXCERPT = 80;

    private Strings() {}

    /** The beginning of {@code text}, fit for an error message: a sender must not be able to flood a log. */
    static String excerpt(String text) {
        return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "…";
    }

    static void requireName(String what, String value, int maxLength, String punctuation) {
        if (value.isEmpty() || value.length() > maxLength) {
            throw new IllegalArgumentException(
                    "a " + what + " has 1 to " + maxLength + " characters, not " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isLetterOrDigit(c) && punctuation.indexOf(c) < 0) {
                throw new IllegalArgumentException("a " + what + " consists of A-Z a-z 0-9 " + punctuation
                        + "; character " + (i + 1) + " of \"" + excerpt(value) + "\" is none of them");
            }
        }
    }

    /** @throws IllegalArgumentException unless {@code value} is a UUID as one is printed */
    static UUID uuid(String what, String value) {
        if (value.length() != 36) {
            throw new IllegalArgumentException("a " + what + " is a UUID, not: " + excerpt(value));
        }
        return UUID.fromString(value);
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** The length in UTF-8. @throws IllegalArgumentException if a surrogate stands alone, so that UTF-8 cannot hold it */
    static int utf8Length(String value) {
        int length = value.length();
        int bytes = length;
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c < 0x80) {
                continue;
            }
            bytes += c < 0x800 ? 1 : 2;
            if (Character.isSurrogate(c)) {
                requirePair(value, i);
                i++;
                // Two UTF-16 units are four bytes: two were counted as units, two by the line above.
            }
        }
        return bytes;
    }

    /** The length of a JSON string with it in UTF-8, without the quotes: a control character becomes up to six bytes. */
    static int jsonLength(String value, int utf8Length) {
        int bytes = utf8Length;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ') {
                bytes += c == '\n' || c == '\r' || c == '\t' ? 1 : 5;
            } else if (c == '"' || c == '\\') {
                bytes++;
            }
        }
        return bytes;
    }

    private static void requirePair(String value, int at) {
        if (at + 1 >= value.length() || !Character.isSurrogatePair(value.charAt(at), value.charAt(at + 1))) {
            throw new IllegalArgumentException("the text has an unpaired surrogate at index " + at);
        }
    }
}
