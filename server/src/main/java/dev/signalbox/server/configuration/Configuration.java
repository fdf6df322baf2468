package dev.signalbox.server.configuration;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A configuration as it was loaded: the values, what the operator should know about them, and where each comes from.
 * Immutable.
 *
 * <p>The strongest source of a key counts: {@code --set}, then a variable {@code SIGNALBOX_…}, then the file,
 * then the variables of go-message-dispatcher, then the default.
 */
public final class Configuration {
    private final Reading reading;
    private final List<String> warnings;
    private final PrintedConfig printed;

    private Configuration(Settings settings) {
        this.reading = new Reading(settings);
        this.warnings = settings.warnings();
        this.printed = new PrintedConfig(settings);
    }

    /**
     * Loads from all sources.
     *
     * @param schema the keys there are
     * @param file empty if there is none
     * @param sets {@code key=value}, as {@code --set} takes them
     * @param check reads every value and notes what is wrong between several of them
     * @throws ConfigException naming everything that is wrong
     */
    public static Configuration load(
            Schema schema,
            Optional<Path> file,
            Map<String, String> environment,
            List<String> sets,
            Consumer<Reading> check) {
        var settings = new Settings(schema);
        file.ifPresent(path -> YamlFile.read(path, settings));
        Environment.read(environment, settings);
        for (int i = 0; i < sets.size(); i++) {
            read(sets.get(i), i + 1, settings);
        }
        SeedEnvironment.read(environment, settings);
        settings.refuseUnknown();
        check.accept(new Reading(settings));
        if (!settings.violations().isEmpty()) {
            throw new ConfigException(settings.violations());
        }
        return new Configuration(settings);
    }

    /** One that is not understood is not repeated: it may be a secret. */
    private static void read(String set, int number, Settings settings) {
        int equals = set.indexOf('=');
        if (equals < 1) {
            settings.violate("--set number " + number, "is not KEY=VALUE, such as control.port=9090", "");
        } else {
            String path = set.substring(0, equals).strip();
            settings.put(path, set.substring(equals + 1), new Source(Source.Rank.SET, "--set"));
        }
    }

    /** A part of the values, such as {@code configuration.values(SmsSettings::read)}. */
    public <T> T values(Function<Reading, T> part) {
        return part.apply(reading);
    }

    /** What the operator should know, one sentence each: variables without effect, and the like. */
    public List<String> warnings() {
        return warnings;
    }

    /** All keys in effect as YAML, each with its source; secrets are masked. */
    public String print() {
        return printed.text();
    }

    /**
     * One setting in effect.
     *
     * @param value masked if it is a secret
     * @param source in words, such as {@code signalbox.yaml line 7}
     */
    public record Entry(String key, String value, String source, boolean secret) {}

    /** All settings in effect, in the order of the documentation; what has neither a value nor a default is left out. */
    public List<Entry> settings() {
        return printed.entries();
    }

    /** What {@link #print} prints: without secrets. */
    @Override
    public String toString() {
        return print();
    }
}
