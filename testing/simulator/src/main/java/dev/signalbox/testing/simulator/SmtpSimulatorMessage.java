package dev.signalbox.testing.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A message that the simulated mail server accepted.
 *
 * @param number counts from 1
 * @param from as in the envelope; empty for a bounce
 * @param recipients those who were accepted, as in the envelope
 * @param source headers and content as they came
 */
public record SmtpSimulatorMessage(long number, Instant at, String from, List<String> recipients, byte[] source) {
    private static final int LONGEST_HEAD = 64 * 1024;

    /** The value of a header, its lines joined; empty if the message has none of that name. */
    public Optional<String> header(String name) {
        var found = Pattern.compile("(?im)^" + Pattern.quote(name) + ":[ \\t]*(.*(?:\\r?\\n[ \\t].*)*)")
                .matcher(head());
        return found.find()
                ? Optional.of(found.group(1).replaceAll("\\r?\\n", "").strip())
                : Optional.empty();
    }

    private String head() {
        String start = new String(source, 0, Math.min(source.length, LONGEST_HEAD), StandardCharsets.UTF_8);
        int end = start.indexOf("\r\n\r\n");
        return end < 0 ? start : start.substring(0, end + 2);
    }

    /** The whole message, as UTF-8. */
    public String text() {
        return new String(source, StandardCharsets.UTF_8);
    }
}
