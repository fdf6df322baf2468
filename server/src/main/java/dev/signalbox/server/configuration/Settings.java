package dev.signalbox.server.configuration;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What was given, the strongest source of each path, and what is wrong so far. Confined to the loading thread. */
final class Settings {
    private final Schema schema;
    private final Map<String, Setting> byPath = new TreeMap<>();
    private final Set<SettingViolation> violations = new LinkedHashSet<>();
    private final List<String> warnings = new ArrayList<>();

    Settings(Schema schema) {
        this.schema = schema;
    }

    Schema schema() {
        return schema;
    }

    /** Of two equally strong ones the later counts. */
    void put(String path, String text, Source source) {
        var setting = new Setting(schema.canonical(path), text, source);
        byPath.merge(setting.path(), setting, (old, given) -> old.source().outranks(given.source()) ? old : given);
    }

    Optional<Setting> get(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    /** What is given of a named key. Of a secret, a path that ends with {@value Key#FILE} is always that of a file. */
    List<String> paths(Key<?> key, String path) {
        String section = path.substring(0, path.length() - Key.NAME.length());
        return byPath.keySet().stream()
                .filter(given -> given.startsWith(section) && key.covers(given))
                .map(given -> key.secret() && given.endsWith(Key.FILE)
                        ? given.substring(0, given.length() - Key.FILE.length())
                        : given)
                .distinct()
                .toList();
    }

    List<Setting> all() {
        return List.copyOf(byPath.values());
    }

    void violate(String path, String problem, String place) {
        violations.add(new SettingViolation(path, problem, place));
    }

    void warn(String warning) {
        warnings.add(warning);
    }

    List<SettingViolation> violations() {
        return List.copyOf(violations);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Names every path that no key covers. */
    void refuseUnknown() {
        for (var setting : all()) {
            if (!schema.knows(setting.path())) {
                violate(
                        setting.path(),
                        unknown(setting.path()),
                        setting.source().place());
            }
        }
    }

    private String unknown(String path) {
        if (schema.paths().stream().anyMatch(known -> known.startsWith(path + "."))) {
            return "is a section with keys of its own, not a value";
        }
        return "there is no such key"
                + Suggestion.of(path, schema.paths())
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("");
    }
}
