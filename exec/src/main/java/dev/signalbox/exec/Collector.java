package dev.signalbox.exec;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Keeps the first bytes and counts the others. Its writer and its reader are ordered by the end of the run. */
final class Collector implements Sink {
    private static final int FIRST = 8 * 1024;

    private final int limit;
    private byte[] bytes = new byte[0];
    private int size;
    private long written;

    Collector(int limit) {
        this.limit = limit;
    }

    @Override
    public boolean take(ByteBuffer chunk) {
        written += chunk.remaining();
        int kept = Math.min(chunk.remaining(), limit - size);
        if (size + kept > bytes.length) {
            long grown = Math.max(Math.max(FIRST, size + kept), 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, grown));
        }
        chunk.get(bytes, size, kept);
        size += kept;
        return true;
    }

    Output output() {
        return new Output(size == bytes.length ? bytes : Arrays.copyOf(bytes, size), written);
    }
}
