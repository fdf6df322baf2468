package dev.signalbox.exec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a process wrote to one of its outputs, up to the bound of {@link Command#maxOutput}. Immutable. */
public final class Output {
    static final Output NONE = new Output(List.of(), 0, 0);

    private final List<ByteBuffer> pieces;
    private final int size;
    private final long written;

    /** @param pieces from 0 to their positions, and {@code size} in all; not changed any more */
    Output(List<ByteBuffer> pieces, int size, long written) {
        this.pieces = List.copyOf(pieces);
        this.size = size;
        this.written = written;
    }

    /** A copy, made anew at each call. */
    public byte[] bytes() {
        byte[] all = new byte[size];
        ByteBuffer target = ByteBuffer.wrap(all);
        pieces.forEach(piece -> target.put(piece.duplicate().flip()));
        return all;
    }

    /** As UTF-8, with {@code U+FFFD} for what is not; made anew at each call. */
    public String text() {
        return pieces.size() == 1
                ? new String(pieces.getFirst().array(), 0, size, StandardCharsets.UTF_8)
                : new String(bytes(), StandardCharsets.UTF_8);
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
        return written > size;
    }

    /** Sizes only: output may hold what nobody wants in a log. */
    @Override
    public String toString() {
        return written + " bytes" + (truncated() ? ", " + size + " kept" : "");
    }
}
