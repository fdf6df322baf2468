package dev.signalbox.templates;

import io.pebbletemplates.pebble.attributes.AttributeResolver;
import io.pebbletemplates.pebble.attributes.ResolvedAttribute;
import io.pebbletemplates.pebble.extension.Extension;
import io.pebbletemplates.pebble.extension.ExtensionCustomizer;
import io.pebbletemplates.pebble.node.ForNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code a.b} and {@code a[b]} reach: members of objects, elements of lists, and what a loop knows of itself. Pebble's own
 * resolvers, which look for fields and methods of the Java object, are left out.
 */
final class PebbleMembers extends ExtensionCustomizer {
    PebbleMembers(Extension extension) {
        super(extension);
    }

    @Override
    public @Nullable List<AttributeResolver> getAttributeResolver() {
        return super.getAttributeResolver() == null
                ? null
                : List.of((owner, name, _, _, _, _, _) -> resolve(owner, name));
    }

    private static @Nullable ResolvedAttribute resolve(Object owner, Object name) {
        return switch (owner) {
            case Map<?, ?> object -> object.containsKey(name) ? new ResolvedAttribute(object.get(name)) : null;
            case List<?> list -> element(list, name);
            case Map.Entry<?, ?> entry -> member(entry, String.valueOf(name));
            case ForNode.LoopVariables loop -> member(loop, String.valueOf(name));
            default -> null;
        };
    }

    /** Literals and what is calculated are longs; what a loop counts, and most of what JSON has, are ints. */
    private static @Nullable ResolvedAttribute element(List<?> list, Object index) {
        long place = index instanceof Long || index instanceof Integer ? ((Number) index).longValue() : -1;
        return place >= 0 && place < list.size() ? new ResolvedAttribute(list.get((int) place)) : null;
    }

    private static @Nullable ResolvedAttribute member(Map.Entry<?, ?> entry, String name) {
        return switch (name) {
            case "key" -> new ResolvedAttribute(entry.getKey());
            case "value" -> new ResolvedAttribute(entry.getValue());
            default -> null;
        };
    }

    private static @Nullable ResolvedAttribute member(ForNode.LoopVariables loop, String name) {
        return switch (name) {
            case "index" -> new ResolvedAttribute(loop.getIndex());
            case "first" -> new ResolvedAttribute(loop.isFirst());
            case "last" -> new ResolvedAttribute(loop.isLast());
            case "length" -> new ResolvedAttribute(loop.getLength());
            default -> null;
        };
    }
}
