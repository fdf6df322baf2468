package dev.signalbox.observatory;

import java.util.Optional;

/**
 * Where in a distributed trace a record belongs, as in W3C {@code traceparent}.
 *
 * @param traceId 32 lower-case hexadecimal digits, not all zero
 * @param spanId 16 lower-case hexadecimal digits, not all zero
 * @param flags 0 to 255; bit 0 says that the trace is sampled
 */
public record Trace(String traceId, String spanId, int flags) {
    private static final int LENGTH = 55;

    public Trace {
        Preconditions.check(hex(traceId, 32), "a trace id has 32 lower-case hexadecimal digits, not all zero");
        Preconditions.check(hex(spanId, 16), "a span id has 16 lower-case hexadecimal digits, not all zero");
        Preconditions.range("trace flags", flags, 0, 255);
    }

    /** Reads a {@code traceparent} header; empty if it is not well-formed. Later versions are read as far as they agree. */
    public static Optional<Trace> parse(String header) {
        String text = header.strip();
        boolean shaped = text.length() >= LENGTH
                && text.charAt(2) == '-'
                && text.charAt(35) == '-'
                && text.charAt(52) == '-'
                && (text.length() == LENGTH || (!text.startsWith("00") && text.charAt(LENGTH) == '-'))
                && digits(text.substring(0, 2))
                && !text.startsWith("ff");
        if (!shaped) {
            return Optional.empty();
        }
        String trace = text.substring(3, 35);
        String span = text.substring(36, 52);
        String flags = text.substring(53, LENGTH);
        boolean good = hex(trace, 32) && hex(span, 16) && digits(flags);
        return good ? Optional.of(new Trace(trace, span, Integer.parseInt(flags, 16))) : Optional.empty();
    }

    private static boolean hex(String text, int length) {
        return text.length() == length && digits(text) && !text.chars().allMatch(c -> c == '0');
    }

    private static boolean digits(String text) {
        return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
