package dev.signalbox.router;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Publications in order, oldest first, found by their place. It grows as needed, and is small while it is empty. For one thread. */
final class PublicationRing {
    private static final int INITIAL = 8;

    private @Nullable Publication[] slots = new Publication[INITIAL];
    private int head;
    private int size;

    int size() {
        return size;
    }

    void add(Publication publication) {
        if (size == slots.length) {
            resize(slots.length * 2);
        }
        slots[(head + size) & (slots.length - 1)] = publication;
        size++;
    }

    /** The one at {@code index}, 0 for the oldest. */
    Publication get(int index) {
        Objects.checkIndex(index, size);
        return Objects.requireNonNull(slots[(head + index) & (slots.length - 1)]);
    }

    Publication removeFirst() {
        Publication first = get(0);
        slots[head] = null;
        head = (head + 1) & (slots.length - 1);
        size--;
        if (size == 0 && slots.length > INITIAL) {
            resize(INITIAL);
        }
        return first;
    }

    private void resize(int length) {
        @Nullable Publication[] moved = new Publication[length];
        for (int i = 0; i < size; i++) {
            moved[i] = get(i);
        }
        slots = moved;
        head = 0;
    }
}
