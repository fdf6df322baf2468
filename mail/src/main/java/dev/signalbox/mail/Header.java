package dev.signalbox.mail;

import java.nio.charset.StandardCharsets;

/**
 * One header field, its value ready for the wire: one line, encoded.
 *
 * @param name as it is written
 * @param value without line breaks; ASCII, or UTF-8 where an address needs SMTPUTF8
 */
record Header(String name, String value) {
    /** What lines are kept to; only a longer word makes a longer line. RFC 5322, section 2.1.1. */
    private static final int LINE = 78;

    /** The most octets of a line, without its end. */
    static final int LONGEST_LINE = 998;

    /** The field with its line breaks, folded at spaces. */
    String folded() {
        var out = new StringBuilder(name).append(':');
        int line = out.length();
        int at = 0;
        String rest = " " + value;
        while (at < rest.length()) {
            int end = endOfWord(rest, at);
            if (line + end - at > LINE && at > 0) {
                out.append("\r\n");
                line = 0;
            }
            out.append(rest, at, end);
            line += end - at;
            at = end;
        }
        return out.append("\r\n").toString();
    }

    /** The spaces at {@code from} and the word after them. */
    private static int endOfWord(String text, int from) {
        int at = from;
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        while (at < text.length() && !isBlank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    byte[] bytes() {
        return folded().getBytes(StandardCharsets.UTF_8);
    }
}
