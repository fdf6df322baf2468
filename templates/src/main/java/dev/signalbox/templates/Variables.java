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
 * counts each look-up in a map, each value that is printed, each section and each pass of one, and ends a rendering that takes too many,
 * such as of a list within itself several times over. For one rendering; not thread-safe.
 */
final class Variables extends BasicCollector implements Mustache.Formatter {
    private long steps;

    private void step() {
        steps++;
        if (steps > RenderingSteps.MOST) {
            throw new TemplateException("it takes more than " + RenderingSteps.MOST + " steps; shorten its lists");
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

    /** The engine keeps the fetcher for each name, so what counts is the fetcher's use. */
    @Override
    public Mustache.VariableFetcher createFetcher(Object context, String name) {
        return this::member;
    }

    private @Nullable Object member(Object context, String name) {
        step();
        return context instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : Template.NO_FETCHER_FOUND;
    }

    /** An element of a list is printed without a look-up. */
    @Override
    public String format(Object value) {
        step();
        return String.valueOf(value);
    }

    @Override
    public <K, V> Map<K, V> createFetcherCache() {
        return new HashMap<>();
    }
}
