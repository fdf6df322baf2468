package dev.signalbox.mail;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a server said.
 *
 * @param code three digits: 2xx and 3xx yes, 4xx not now, 5xx no
 * @param enhanced the more precise code of RFC 3463, such as {@code 5.1.1}, if it was given
 * @param text the rest, its lines joined by spaces, without control characters; at most 500 characters
 */
public record SmtpReply(int code, Optional<String> enhanced, String text) {
    private static final Pattern ENHANCED = Pattern.compile("([245]\\.\\d{1,3}\\.\\d{1,3})(?: (.*))?");
    private static final int LONGEST_TEXT = 500;

    /** @param lines without the code; at least one */
    static SmtpReply of(int code, List<String> lines) {
        var first = ENHANCED.matcher(lines.getFirst());
        var enhanced = first.matches() ? Optional.of(first.group(1)) : Optional.<String>empty();
        var text = new StringBuilder();
        for (String line : lines) {
            String rest = enhanced.isPresent() && line.startsWith(enhanced.get())
                    ? line.substring(enhanced.get().length())
                    : line;
            text.append(text.isEmpty() ? "" : " ")
                    .append(rest.replaceAll("\\p{Cntrl}", " ").strip());
        }
        text.setLength(Math.min(text.length(), LONGEST_TEXT));
        return new SmtpReply(code, enhanced, text.toString());
    }

    boolean isPositive() {
        return code >= 200 && code < 300;
    }

    /** Whether the server asks to try again later (4xx). */
    public boolean isTemporary() {
        return code >= 400 && code < 500;
    }

    /** Whether trying again is of no use (5xx). */
    public boolean isPermanent() {
        return code >= 500 && code < 600;
    }

    /** 421: the server closes the connection after it, whatever was asked. */
    boolean isClosing() {
        return code == 421;
    }

    /** 452 to a recipient after others: enough for this transaction, the rest goes into the next (RFC 5321, 4.5.3.1.10). */
    boolean isTooManyRecipients() {
        return code == 452 && enhanced.orElse("4.5.3").equals("4.5.3");
    }

    @Override
    public String toString() {
        return code + enhanced.map(more -> " " + more).orElse("") + (text.isEmpty() ? "" : " " + text);
    }
}
