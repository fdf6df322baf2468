package dev.signalbox.router;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Cuts what a node has to tell into numbered parts, each of which fits into any link's publication. There is one at least, and the last one says that it
 * is. Each is made when it is asked for. Not thread-safe.
 *
 * @param <E> an entry
 * @param <F> what tells a part
 */
final class ClusterPages<E, F> implements Iterator<F> {
    private static final int MOST_ENTRIES = 200;
    private static final int MOST_CHARACTERS = 16 << 10;

    private final long version;
    private final List<E> entries;
    private final ToIntFunction<E> characters;
    private final Function<ClusterCopy.Part<E>, F> telling;
    private int told;
    private int number;

    /** {@code entries} are copied as they are now, as of this version; {@code characters} is about what one of them takes. */
    ClusterPages(
            long version,
            Collection<E> entries,
            ToIntFunction<E> characters,
            Function<ClusterCopy.Part<E>, F> telling) {
        this.version = version;
        this.entries = List.copyOf(entries);
        this.characters = characters;
        this.telling = telling;
    }

    @Override
    public boolean hasNext() {
        return number == 0 || told < entries.size();
    }

    @Override
    public F next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the last part was told");
        }
        int end = end();
        List<E> some = entries.subList(told, end);
        told = end;
        return telling.apply(new ClusterCopy.Part<>(version, number++, end == entries.size(), some));
    }

    /** Behind the next part: as many entries as have room in it, but one at least. */
    private int end() {
        int end = told;
        int size = 0;
        while (end < entries.size() && end - told < MOST_ENTRIES) {
            size += characters.applyAsInt(entries.get(end));
            if (end > told && size > MOST_CHARACTERS) {
                return end;
            }
            end++;
        }
        return end;
    }
}
