package dev.signalbox.server.configuration;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads the variables that begin with {@code SIGNALBOX_}. An empty one counts as not set. */
final class Environment {
    /** Not keys: the launcher's folder, and what the other commands use to find a server. */
    private static final Set<String> OTHERS = Set.of(
            "SIGNALBOX_HOME",
            "SIGNALBOX_CONFIG",
            "SIGNALBOX_URL",
            "SIGNALBOX_TOKEN",
            "SIGNALBOX_TOKEN_FILE",
            "SIGNALBOX_CA_FILE",
            "SIGNALBOX_CLIENT_TOKEN");

    private Environment() {}

    static void read(Map<String, String> environment, Settings settings) {
        new TreeMap<>(environment).forEach((name, text) -> {
            if (name.startsWith(Key.PREFIX) && !OTHERS.contains(name) && !text.isEmpty()) {
                read(name, text, settings);
            }
        });
    }

    private static void read(String name, String text, Settings settings) {
        path(name, settings.schema())
                .ifPresentOrElse(
                        path -> settings.put(path, text, new Source(Source.Rank.ENVIRONMENT, name)),
                        () -> settings.warn(
                                name + " is not a setting" + suggestion(name, settings.schema()) + "; it is not used"));
    }

    private static Optional<String> path(String variable, Schema schema) {
        return schema.keys().stream()
                .flatMap(key -> key.pathOf(variable).stream())
                .findFirst();
    }

    private static String suggestion(String name, Schema schema) {
        var variables = schema.paths().stream().map(Key::variable).toList();
        return Suggestion.of(name, variables)
                .map(near -> " (did you mean " + near + "?)")
                .orElse("");
    }
}
