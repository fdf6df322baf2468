package dev.signalbox.server.configuration;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Every key there is, in the order in which they are printed and documented, and the foreign variables that set some of
 * them. A key that is not in it does not exist. Immutable.
 */
public record Schema(List<Key<?>> keys, List<SeedVariable> variables) {
    public Schema {
        keys = List.copyOf(keys);
        variables = List.copyOf(variables);
    }

    boolean knows(String path) {
        return keys.stream().anyMatch(key -> key.covers(path));
    }

    /** Where the last part is the operator's own name, it is kept in lower case: names are the same in any. */
    String canonical(String path) {
        int end = path.lastIndexOf('.') + 1;
        boolean named = keys.stream().anyMatch(key -> key.isNamed() && key.covers(path));
        return named ? path.substring(0, end) + path.substring(end).toLowerCase(Locale.ROOT) : path;
    }

    /** Every path that may be given, with {@code *} in lists and the files of secrets. */
    List<String> paths() {
        return keys.stream()
                .flatMap(key -> key.secret() ? Stream.of(key.path(), key.path() + Key.FILE) : Stream.of(key.path()))
                .toList();
    }
}
