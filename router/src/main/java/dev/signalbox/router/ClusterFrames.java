package dev.signalbox.router;

import java.util.Arrays;
import java.util.List;

/**
 * The frames of an envelope. Each says only what differs from the one before: how many bytes it begins with as that one does, how many follow, and those.
 * Messages of one sender to the same targets differ in little but their ids and payloads, and the broker copies each byte once for every node (front
 * coding; Witten, Moffat and Bell, Managing Gigabytes, 1999).
 *
 * <p>An object reads them, one after another; for one thread.
 */
final class ClusterFrames {
    /** What a frame takes beside its bytes, at most: two numbers, of which the first is zero or saves more than it takes. */
    static final int HEAD = 1 + 5;

    private final ByteSource from;
    /** The last frame, and maybe bytes of longer ones before it. */
    private byte[] frame = new byte[0];

    private int length;

    ClusterFrames(ByteSource from) {
        this.from = from;
    }

    static ByteSink write(List<byte[]> frames, ByteSink to) {
        byte[] before = new byte[0];
        for (byte[] frame : frames) {
            int same = Arrays.mismatch(before, frame);
            int shared = same < 0 ? frame.length : same;
            to.number(shared).number(frame.length - shared).raw(frame, shared, frame.length);
            before = frame;
        }
        return to;
    }

    boolean hasMore() {
        return from.hasMore();
    }

    /**
     * The next frame, which is to be read before the one after it is asked for.
     *
     * @throws IllegalArgumentException if there is none
     */
    ByteSource next() {
        int shared = from.integer();
        if (shared < 0 || shared > length) {
            throw new IllegalArgumentException("a frame begins with more of the one before than that has");
        }
        int more = from.count();
        length = shared + more;
        if (frame.length < length) {
            frame = Arrays.copyOf(frame, Math.max(length, 2 * frame.length));
        }
        from.read(frame, shared, more);
        return new ByteSource(frame, 0, length);
    }
}
