package dev.signalbox.server.configuration;

import dev.signalbox.server.SignalboxCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A configuration of all features, whose values a test reads by their path, secrets included. */
record Loaded(Configuration configuration) {
    static Loaded of(Optional<Path> file, Map<String, String> environment, List<String> sets) {
        return new Loaded(SignalboxCommand.FEATURES.load(file, environment, sets));
    }

    /** The value in effect as text; empty if there is neither a value nor a default. */
    Optional<String> value(String path) {
        Key<?> key = SignalboxCommand.FEATURES.schema().keys().stream()
                .filter(each -> each.covers(path))
                .findFirst()
                .orElseThrow();
        return configuration.values(
                reading -> reading.text(key, path).map(Setting::text).or(key::fallback));
    }

    String print() {
        return configuration.print();
    }

    List<String> warnings() {
        return configuration.warnings();
    }
}
