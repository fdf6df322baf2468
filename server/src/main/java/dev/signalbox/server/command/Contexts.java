package dev.signalbox.server.command;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Suggestion;
import dev.signalbox.server.configuration.YamlText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The servers that the user has named, as kept in a file that nobody else can read. Immutable. */
final class Contexts {
    private static final YAMLMapper YAML = YAMLMapper.builder().build();

    /** A server; {@code tokenFile} and {@code caFile} only say where its token and certificates are. */
    record Context(String url, Optional<Path> tokenFile, Optional<Path> caFile) {
        ObjectNode json() {
            var json = RestClient.JSON.createObjectNode().put("url", url);
            tokenFile.ifPresent(file -> json.put("token-file", file.toString()));
            caFile.ifPresent(file -> json.put("ca-file", file.toString()));
            return json;
        }

        private static Context of(JsonNode json) {
            return new Context(json.path("url").asString(""), path(json, "token-file"), path(json, "ca-file"));
        }

        private static Optional<Path> path(JsonNode json, String name) {
            return Optional.of(json.path(name).asString(""))
                    .filter(text -> !text.isEmpty())
                    .map(Path::of);
        }
    }

    private final Path file;
    private final Optional<String> current;
    private final Map<String, Context> all;

    private Contexts(Path file, Optional<String> current, Map<String, Context> all) {
        this.file = file;
        this.current = current;
        this.all = all;
    }

    /** {@code $XDG_CONFIG_HOME/signalbox/contexts.yaml}. */
    static Path usualFile() {
        String folder = System.getenv().getOrDefault("XDG_CONFIG_HOME", "");
        Path base = folder.isEmpty() ? Path.of(System.getProperty("user.home"), ".config") : Path.of(folder);
        return base.resolve("signalbox").resolve("contexts.yaml");
    }

    /** Reads the file; a missing one has no contexts. */
    static Contexts load(Path file) {
        if (!Files.exists(file)) {
            return new Contexts(file, Optional.empty(), Map.of());
        }
        try {
            String text = Files.readString(file);
            JsonNode yaml = new YAMLMapper(YamlText.factory(text)).readTree(text);
            var all = new TreeMap<String, Context>();
            yaml.path("contexts").properties().forEach(entry -> all.put(entry.getKey(), Context.of(entry.getValue())));
            String current = yaml.path("current").asString("");
            return new Contexts(file, Optional.of(current).filter(all::containsKey), all);
        } catch (JacksonException notYaml) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    file + " is not YAML (line " + notYaml.getLocation().getLineNr() + ")\nMend it, or delete it",
                    notYaml);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the contexts cannot be read: " + FailureText.of(e), e);
        }
    }

    Optional<String> current() {
        return current;
    }

    Map<String, Context> all() {
        return Map.copyOf(all).isEmpty() ? Map.of() : new TreeMap<>(all);
    }

    /** The context with this name, or a failure that names the known ones. */
    Context get(String name) {
        Context found = all.get(name);
        if (found == null) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "there is no context '" + name + "'" + Suggestion.phrase(name, all.keySet())
                            + "\nAdd it with: signalbox context add NAME URL");
        }
        return found;
    }

    Contexts with(String name, Context context) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new CommandFailure(
                    ExitCode.USAGE, "'" + name + "' is not 1 to 64 letters, digits, dots, dashes and underscores");
        }
        RestClient.requireServer(URI.create(context.url()));
        var more = new TreeMap<>(all);
        more.put(name, context);
        return new Contexts(file, current.or(() -> Optional.of(name)), more);
    }

    Contexts using(String name) {
        get(name);
        return new Contexts(file, Optional.of(name), all);
    }

    Contexts without(String name) {
        get(name);
        var fewer = new TreeMap<>(all);
        fewer.remove(name);
        return new Contexts(file, current.filter(used -> !used.equals(name)), fewer);
    }

    ObjectNode json() {
        var json = RestClient.JSON.createObjectNode();
        current.ifPresent(name -> json.put("current", name));
        var contexts = json.putObject("contexts");
        all.forEach((name, context) -> contexts.set(name, context.json()));
        return json;
    }

    /** Replaces the file at once, so that one who reads it meanwhile sees the old or the new. */
    void save() {
        try {
            Files.createDirectories(file.getParent());
            // Temporary files are made for their owner alone: mode 0600.
            Path complete = Files.createTempFile(file.getParent(), "contexts", ".new");
            try {
                Files.writeString(complete, YAML.writeValueAsString(json()));
                Files.move(complete, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(complete);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the contexts cannot be written", e);
        }
    }
}
