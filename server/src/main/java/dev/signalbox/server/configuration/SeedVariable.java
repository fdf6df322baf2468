package dev.signalbox.server.configuration;

import java.util.Optional;

/**
 * An environment variable of go-message-dispatcher.
 *
 * @param path the key that it sets; empty if it has no effect here
 * @param part whether it is only a part of that key's value
 * @param fallback its default there
 * @param implied whether its default counts as given as soon as any variable of its group or of the database is
 * @param effect for the documentation
 */
public record SeedVariable(
        String name,
        Optional<String> path,
        boolean part,
        Kind<?> kind,
        String fallback,
        boolean implied,
        String effect) {

    /** Sets a key. */
    public static SeedVariable sets(String name, Key<?> key, String fallback) {
        return new SeedVariable(
                name, Optional.of(key.path()), false, key.kind(), fallback, false, "sets `" + key.path() + "`");
    }

    /** Is a part of a key's value; {@code effect} says so. */
    public static SeedVariable partOf(String name, Key<?> key, Kind<?> kind, String fallback, String effect) {
        return new SeedVariable(name, Optional.of(key.path()), true, kind, fallback, false, effect);
    }

    /** Sets nothing, whatever its value is; {@code reason} says why. */
    public static SeedVariable withoutEffect(String name, String fallback, String reason) {
        return new SeedVariable(
                name, Optional.empty(), false, Kind.anything(), fallback, false, "has no effect: " + reason);
    }

    /** The same, whose default counts as given with its group. */
    public SeedVariable andDefault() {
        return new SeedVariable(name, path, part, kind, fallback, true, effect);
    }

    /** The first word of its name: the variables of one group count together or not at all. */
    String group() {
        return name.substring(0, name.indexOf('_'));
    }

    boolean isSecret() {
        return name.endsWith("PASSWORD") || name.endsWith("TOKEN");
    }
}
