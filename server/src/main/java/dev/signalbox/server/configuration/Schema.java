package dev.signalbox.server.configuration;

import java.util.List;
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

    /** Every path that may be given, with {@code *} in lists and the files of secrets. */
    List<String> paths() {
        return keys.stream()
                .flatMap(key -> key.secret() ? Stream.of(key.path(), key.path() + Key.FILE) : Stream.of(key.path()))
                .toList();
    }
}
