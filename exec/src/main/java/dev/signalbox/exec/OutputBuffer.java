package dev.signalbox.exec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the first bytes and counts the others. Its writer and its reader are ordered by the end of the run.
 *
 * <p>In pieces, each twice as large as the one before up to a bound, so that nothing is copied as it grows.
 */
final class OutputBuffer implements Sink {
    private static final int FIRST = 8 * 1024;

    /** Below half of G1's smallest regions: what is larger does not come from the young generation, and its memory is new each time. */
    private static final int LARGEST = 256 * 1024;

    private final int limit;
    private final List<ByteBuffer> pieces = new ArrayList<>();
    private int size;
    private long written;

    OutputBuffer(int limit) {
        this.limit = limit;
    }

    @Override
    public boolean take(ByteBuffer chunk) {
        written += chunk.remaining();
        while (chunk.hasRemaining() && size < limit) {
            ByteBuffer piece = piece();
            int count = Math.min(chunk.remaining(), piece.remaining());
            piece.put(chunk.slice().limit(count));
            chunk.position(chunk.position() + count);
            size += count;
        }
        return true;
    }

    private ByteBuffer piece() {
        if (pieces.isEmpty() || !pieces.getLast().hasRemaining()) {
            int next = pieces.isEmpty() ? FIRST : 2 * pieces.getLast().capacity();
            pieces.add(ByteBuffer.allocate(Math.min(Math.min(next, LARGEST), limit - size)));
        }
        return pieces.getLast();
    }

    Output output() {
        return new Output(pieces, size, written);
    }
}
