package dev.signalbox.server.command;

import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The variables of a template: texts as options, or whatever JSON has from a file. */
public final class TemplateVariables {
    @Option(names = "--var", paramLabel = "NAME=VALUE", description = "A variable, which is a text. May be repeated.")
    private final Map<String, String> texts = new LinkedHashMap<>();

    @Option(
            names = "--vars",
            paramLabel = "FILE",
            description =
                    "A file with variables as a JSON object: numbers, truth values, lists and objects, too. --var goes"
                            + " before it.")
    private @Nullable Path file;

    /**
     * All of them; an option goes before a variable of the same name in the file.
     *
     * @throws CommandFailure if the file cannot be read, or holds no JSON object
     */
    public ObjectNode read() {
        ObjectNode all = file == null ? RestClient.JSON.createObjectNode() : object(file);
        texts.forEach(all::put);
        return all;
    }

    private static ObjectNode object(Path file) {
        try {
            JsonNode read = RestClient.JSON.readTree(Files.readString(file));
            if (read instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the variables cannot be read: " + FailureText.of(e), e);
        } catch (JacksonException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "the variables in " + file + " are no JSON: " + e.getOriginalMessage(), e);
        }
        throw new CommandFailure(ExitCode.USAGE, "the variables in " + file + " must be a JSON object");
    }
}
