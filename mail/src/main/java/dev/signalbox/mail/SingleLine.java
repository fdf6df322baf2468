package dev.signalbox.mail;

import java.nio.charset.StandardCharsets;

/** What every text must be before it may stand in a header or a command. */
final class SingleLine {
    /** The longest text of one header field or parameter, in characters. */
    private static final int LONGEST = 100_000;

    private SingleLine() {}

    /**
     * Returns {@code value} if no receiver can read more than one line in it.
     *
     * @throws IllegalArgumentException naming {@code field}, for CR, LF, NUL or another control character except tab, for
     *     half of a surrogate pair, and for more than 100,000 characters
     */
    static String check(String field, String value) {
        if (value.length() > LONGEST) {
            throw new IllegalArgumentException(field + " has " + value.length() + " characters, at most " + LONGEST);
        }
        value.codePoints().forEach(c -> check(field, c));
        return value;
    }

    private static void check(String field, int c) {
        if (Character.isISOControl(c) && c != '\t') {
            throw new IllegalArgumentException(field + " contains the control character " + name(c)
                    + ": line breaks and control characters are not allowed");
        }
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            throw new IllegalArgumentException(field + " contains half of a surrogate pair");
        }
    }

    private static String name(int c) {
        return switch (c) {
            case '\r' -> "CR";
            case '\n' -> "LF";
            case 0 -> "NUL";
            default -> "U+%04X".formatted(c);
        };
    }

    static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    static int octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
