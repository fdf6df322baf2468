package dev.signalbox.exec;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a process wrote to one of its outputs, up to the bound of {@link Command#maxOutput}. Immutable. */
public final class Output {
    static final Output NONE = new Output(new byte[0], 0);

    private final byte[] bytes;
    private final long written;

    Output(byte[] bytes, long written) {
        this.bytes = bytes;
        this.written = written;
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** As UTF-8, with {@code U+FFFD} for what is not. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** As UTF-8 without the line ends at its end: what {@code $(...)} of a shell gives. */
    public String trimmed() {
        String text = text();
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(0, end);
    }

    public List<String> lines() {
        return text().lines().toList();
    }

    /** How many bytes the process wrote in all, those beyond the bound included. */
    public long written() {
        return written;
    }

    /** Whether more was written than kept. */
    public boolean truncated() {
        return written > bytes.length;
    }

    /** Sizes only: output may hold what nobody wants in a log. */
    @Override
    public String toString() {
        return written + " bytes" + (truncated() ? ", " + bytes.length + " kept" : "");
    }
}
