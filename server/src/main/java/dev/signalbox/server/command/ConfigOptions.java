package dev.signalbox.server.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command that runs a part of the server itself finds its configuration. */
public final class ConfigOptions {
    private static final Path USUAL = Path.of("signalbox.yaml");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration. Else the file that SIGNALBOX_CONFIG names, else signalbox.yaml here, if"
                    + " there is one.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one key, such as control.port=9090. May be repeated.")
    private final List<String> sets = new ArrayList<>();

    /** For picocli, which fills it in. */
    public ConfigOptions() {}

    /** As if {@code --config} and {@code --set} had been given. */
    public ConfigOptions(Optional<Path> config, List<String> sets) {
        this.config = config.orElse(null);
        this.sets.addAll(sets);
    }

    /** What {@code --set} was given. */
    public List<String> sets() {
        return List.copyOf(sets);
    }

    /** The file to load; empty if there is none. */
    public Optional<Path> file() {
        if (config != null) {
            return Optional.of(config);
        }
        var named = System.getenv("SIGNALBOX_CONFIG");
        if (named != null && !named.isEmpty()) {
            return Optional.of(Path.of(named));
        }
        return Optional.of(USUAL).filter(Files::exists);
    }
}
