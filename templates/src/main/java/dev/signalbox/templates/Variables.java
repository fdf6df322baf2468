package dev.signalbox.templates;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a template reaches its variables: only members of maps and elements of lists, never a field or method of a Java object. It
 * counts each look-up and each pass of a section, and ends a rendering that takes too many, such as of a list within itself
 * several times over. For one rendering; not thread-safe.
 */
final class Variables extends BasicCollector {
    private static final int MOST_STEPS = 100_000;

    private int steps;

    private void step() {
        steps++;
        if (steps > MOST_STEPS) {
            throw new TemplateException("it takes more than " + MOST_STEPS + " steps; shorten its lists");
        }
    }

    @Override
    public @Nullable Iterator<?> toIterator(Object value) {
        step();
        if (!(value instanceof List<?> list)) {
            return null;
        }
        Iterator<?> all = list.iterator();
        return new Iterator<Object>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public Object next() {
                step();
                return all.next();
            }
        };
    }

    @Override
    public Mustache.VariableFetcher createFetcher(Object context, String name) {
        step();
        return Variables::member;
    }

    private static @Nullable Object member(Object context, String name) {
        return context instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : Template.NO_FETCHER_FOUND;
    }

    @Override
    public <K, V> Map<K, V> createFetcherCache() {
        return new HashMap<>();
    }
}
