package dev.signalbox.session.bus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.IntPredicate;

/**
 * Some of the events that a reader has seen, by which it finds out how far a store went back: the newest ones, and ever fewer of the
 * older ones. Bounded. Not thread-safe.
 *
 * <p>Kept as numbers: one is added for each batch that any of thousands of readers sees, and the garbage collector would have to
 * copy an object for each.
 */
final class Checkpoints {
    private static final int MOST = 16;
    /** The offset and the two halves of the batch's id. */
    private static final int NUMBERS = 3;

    private long[] ids = new long[2 * NUMBERS];
    private int size;

    /** Adds one that is newer than all before. */
    void add(EventId id) {
        if (size == MOST) {
            retain(i -> i >= MOST / 2 || i % 2 == 0);
        }
        if (size * NUMBERS == ids.length) {
            ids = Arrays.copyOf(ids, 2 * ids.length);
        }
        int at = size * NUMBERS;
        ids[at] = id.offset();
        ids[at + 1] = id.batch().getMostSignificantBits();
        ids[at + 2] = id.batch().getLeastSignificantBits();
        size++;
    }

    /** Forgets those after this offset. */
    void cutAfter(long offset) {
        retain(i -> ids[i * NUMBERS] <= offset);
    }

    private void retain(IntPredicate kept) {
        int retained = 0;
        for (int i = 0; i < size; i++) {
            if (kept.test(i)) {
                System.arraycopy(ids, i * NUMBERS, ids, retained * NUMBERS, NUMBERS);
                retained++;
            }
        }
        size = retained;
    }

    /** From the oldest to the newest. */
    List<EventId> all() {
        List<EventId> all = new ArrayList<>(size);
        for (int at = 0; at < size * NUMBERS; at += NUMBERS) {
            all.add(new EventId(ids[at], new UUID(ids[at + 1], ids[at + 2])));
        }
        return all;
    }
}
