package dev.signalbox.router;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** Cuts what a node has to tell into numbered parts, each of which fits into any link's publication. */
final class ClusterPages {
    private static final int MOST_ENTRIES = 200;
    private static final int MOST_CHARACTERS = 16 << 10;

    private ClusterPages() {}

    /** There is one part at least, and the last one says that it is. {@code characters} is about what an entry takes. */
    static <E> void cut(
            long version, Collection<E> entries, ToIntFunction<E> characters, Consumer<ClusterCopy.Part<E>> told) {
        List<E> part = new ArrayList<>();
        int number = 0;
        int size = 0;
        for (E entry : entries) {
            int more = characters.applyAsInt(entry);
            if (!part.isEmpty() && (part.size() == MOST_ENTRIES || size + more > MOST_CHARACTERS)) {
                told.accept(new ClusterCopy.Part<>(version, number++, false, part));
                part.clear();
                size = 0;
            }
            part.add(entry);
            size += more;
        }
        told.accept(new ClusterCopy.Part<>(version, number, true, part));
    }
}
