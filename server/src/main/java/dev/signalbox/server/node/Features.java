package dev.signalbox.server.node;

import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.command.ConfigOptions;
import dev.signalbox.server.configuration.Configuration;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Schema;
import dev.signalbox.server.configuration.SeedVariable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a server is made of, in the order in which it starts. Immutable. */
public record Features(List<Feature> all) {
    public Features {
        all = List.copyOf(all);
    }

    public static Features of(Feature... features) {
        return new Features(List.of(features));
    }

    /** The same without one. */
    public Features without(String name) {
        return new Features(
                all.stream().filter(feature -> !feature.name().equals(name)).toList());
    }

    /** The keys and foreign variables of all features, and of the node itself. */
    public Schema schema() {
        List<Key<?>> keys = new ArrayList<>(NodeSettings.KEYS);
        List<SeedVariable> variables = new ArrayList<>(NodeSettings.VARIABLES);
        for (Feature feature : all) {
            keys.addAll(feature.keys());
            variables.addAll(feature.variables());
        }
        return new Schema(keys, variables);
    }

    /**
     * Loads and checks a configuration for these features.
     *
     * @param file empty if there is none
     * @param sets {@code key=value}, as {@code --set} takes them
     * @throws dev.signalbox.server.configuration.ConfigException naming everything that is wrong
     */
    public Configuration load(Optional<Path> file, Map<String, String> environment, List<String> sets) {
        return Configuration.load(schema(), file, environment, sets, this::check);
    }

    /** Loads what a command was told to. */
    public Configuration load(ConfigOptions options) {
        return load(options.file(), System.getenv(), options.sets());
    }

    private void check(Reading reading) {
        NodeSettings.read(reading);
        parts(reading);
    }

    List<Feature.Part> parts(Reading reading) {
        return all.stream().map(feature -> feature.configure(reading)).toList();
    }

    /** The tables that these features keep in a database, as configured. */
    public List<Feature.Tables> tables(Configuration configuration) {
        return configuration.values(this::parts).stream()
                .flatMap(part -> part.tables().stream())
                .toList();
    }

    /** The commands of all features. */
    public List<CommandEntry> commands() {
        return all.stream().flatMap(feature -> feature.commands(this).stream()).toList();
    }

    /** The simulated providers of all features. */
    public List<CommandEntry> simulators() {
        return all.stream().flatMap(feature -> feature.simulators().stream()).toList();
    }
}
