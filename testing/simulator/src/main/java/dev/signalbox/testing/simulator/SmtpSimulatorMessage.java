package dev.signalbox.testing.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A message that the simulated mail server accepted. Immutable. */
public final class SmtpSimulatorMessage {
    private static final int LONGEST_HEAD = 64 * 1024;

    private final long number;
    private final Instant at;
    private final String from;
    private final List<String> recipients;
    private final byte[] source;

    SmtpSimulatorMessage(long number, Instant at, String from, List<String> recipients, byte[] source) {
        this.number = number;
        this.at = at;
        this.from = from;
        this.recipients = List.copyOf(recipients);
        this.source = source;
    }

    /** Counts from 1. */
    public long number() {
        return number;
    }

    public Instant at() {
        return at;
    }

    /** As in the envelope; empty for a bounce. */
    public String from() {
        return from;
    }

    /** Those who were accepted, as in the envelope. */
    public List<String> recipients() {
        return recipients;
    }

    /** Headers and content as they came. */
    public byte[] source() {
        return source.clone();
    }

    int size() {
        return source.length;
    }

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
