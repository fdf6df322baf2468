package dev.signalbox.server.configuration;

import java.util.Optional;

/**
 * An environment variable of go-message-dispatcher.
 *
 * @param path the key it sets; empty if its value is only checked
 * @param fallback its default there
 * @param implied whether its default counts as given as soon as any variable of a group is (its name's part up to the
 *     first underscore)
 * @param effect for the documentation
 */
public record SeedVariable(
        String name, Optional<String> path, Kind<?> kind, String fallback, boolean implied, String effect) {
    private static final String WITHOUT_EFFECT = "has no effect";

    /** Sets a key. */
    public static SeedVariable sets(String name, Key<?> key, String fallback) {
        return new SeedVariable(
                name, Optional.of(key.path()), key.kind(), fallback, false, "sets `" + key.path() + "`");
    }

    /** Is checked and explained, and sets nothing by itself. */
    public static SeedVariable of(String name, Kind<?> kind, String fallback, String effect) {
        return new SeedVariable(name, Optional.empty(), kind, fallback, false, effect);
    }

    /** The same, whose default counts as given with its group. */
    public SeedVariable andDefault() {
        return new SeedVariable(name, path, kind, fallback, true, effect);
    }

    boolean isSecret() {
        return name.endsWith("PASSWORD") || name.endsWith("TOKEN");
    }

    boolean isWithoutEffect() {
        return effect.startsWith(WITHOUT_EFFECT);
    }
}
