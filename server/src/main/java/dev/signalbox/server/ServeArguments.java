package dev.signalbox.server;

import dev.signalbox.server.command.ConfigOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The command lines that servers are started with, {@code serve [--config FILE] [--set KEY=VALUE]...}, read without picocli: it loads
 * 200 classes and makes more at run time to read the annotations of a command, which is a good part of a start. Every other command
 * line is picocli's, among them all that are wrong or ask for help; what is read here, picocli reads alike.
 */
final class ServeArguments {
    private final List<String> sets = new ArrayList<>();
    private @Nullable Path config;

    private ServeArguments() {}

    /** Where the server finds its configuration; empty if the arguments are for picocli. */
    static Optional<ConfigOptions> read(String... arguments) {
        var words = List.of(arguments).iterator();
        if (!words.hasNext() || !words.next().equals("serve")) {
            return Optional.empty();
        }
        var read = new ServeArguments();
        while (words.hasNext()) {
            if (!read.option(words)) {
                return Optional.empty();
            }
        }
        return Optional.of(new ConfigOptions(Optional.ofNullable(read.config), read.sets));
    }

    /** Reads an option and its value, which is a word of its own or follows an equals sign. False if picocli should. */
    private boolean option(Iterator<String> words) {
        String word = words.next();
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        if (equals < 0 && !words.hasNext()) {
            return false;
        }
        String value = equals < 0 ? words.next() : word.substring(equals + 1);
        if (value.isEmpty() || value.startsWith("-")) { // may be the next option, whose value this one lacks
            return false;
        }
        return switch (equals < 0 ? word : word.substring(0, equals)) {
            case "-c", "--config" -> config == null && isPath(value);
            case "--set" -> sets.add(value);
            default -> false;
        };
    }

    private boolean isPath(String value) {
        try {
            config = Path.of(value);
            return true;
        } catch (InvalidPathException e) {
            return false; // picocli says why
        }
    }
}
