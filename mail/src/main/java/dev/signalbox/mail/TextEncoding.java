package dev.signalbox.mail;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * How a text travels, always in lines of ASCII, so that no server on the way has to change it and break its signature (RFC
 * 6376, section 5.3).
 */
enum TextEncoding {
    SEVEN_BIT("7bit"),
    QUOTED_PRINTABLE("quoted-printable"),
    BASE64("base64");

    private static final int LINE = 76;
    private static final byte[] FROM = "From ".getBytes(StandardCharsets.US_ASCII);
    private static final String HEX = "0123456789ABCDEF";

    private final String label;

    TextEncoding(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** The one that keeps the text readable, unless a third of it would have to be escaped. */
    static TextEncoding of(byte[] lines) {
        int escaped = 0;
        int line = 0;
        boolean asItIs = true;
        for (int i = 0; i < lines.length; i++) {
            escaped += isPlain(lines[i]) ? 0 : 1;
            asItIs &= !endsInSpace(lines, i) && !(line == 0 && isChangedByRelays(lines, i));
            line = lines[i] == '\n' ? 0 : line + 1;
            asItIs &= line <= LINE + 2;
        }
        if (escaped == 0 && asItIs) {
            return SEVEN_BIT;
        }
        return escaped * 3 > lines.length ? BASE64 : QUOTED_PRINTABLE;
    }

    private static boolean endsInSpace(byte[] lines, int at) {
        return lines[at] == '\n' && at > 1 && (lines[at - 2] == ' ' || lines[at - 2] == '\t');
    }

    byte[] encode(byte[] lines) {
        return switch (this) {
            case SEVEN_BIT -> lines;
            case QUOTED_PRINTABLE -> quoted(lines);
            case BASE64 -> (Base64.getMimeEncoder().encodeToString(lines) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        };
    }

    /** UTF-8 with CRLF at the end of each line, of the last one, too. */
    static byte[] lines(String text) {
        String lines = text.replaceAll("\r\n|\r|\n", "\r\n");
        return (lines.endsWith("\r\n") || lines.isEmpty() ? lines : lines + "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isPlain(int c) {
        return (c >= ' ' && c < 127) || c == '\t' || c == '\r' || c == '\n';
    }

    /** A dot and "From " at the start of a line: some relays double the one and put a > before the other. */
    private static boolean isChangedByRelays(byte[] lines, int at) {
        return lines[at] == '.'
                || Arrays.equals(FROM, 0, FROM.length, lines, at, Math.min(at + FROM.length, lines.length));
    }

    /** RFC 2045, section 6.7; {@code lines} is from {@link #lines}. */
    private static byte[] quoted(byte[] lines) {
        var out = new StringBuilder(lines.length + lines.length / 8);
        int line = 0;
        for (int i = 0; i < lines.length; i++) {
            if (lines[i] == '\r') {
                out.append("\r\n");
                line = 0;
                i++; // The line feed: lines end with both.
                continue;
            }
            boolean last = lines[i + 1] == '\r';
            if (line + (isEscaped(lines, i, line, last) ? 3 : 1) > LINE - (last ? 0 : 1)) {
                out.append("=\r\n");
                line = 0;
            }
            line += append(out, lines[i] & 0xFF, isEscaped(lines, i, line, last));
        }
        return out.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean isEscaped(byte[] lines, int at, int column, boolean last) {
        int c = lines[at];
        return c == '='
                || !isPlain(c)
                || (last && (c == ' ' || c == '\t'))
                || (column == 0 && isChangedByRelays(lines, at));
    }

    private static int append(StringBuilder out, int c, boolean escaped) {
        if (!escaped) {
            out.append((char) c);
            return 1;
        }
        out.append('=').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
        return 3;
    }
}
