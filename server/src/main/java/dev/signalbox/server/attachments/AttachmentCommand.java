package dev.signalbox.server.attachments;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Files of messages. */
@Command(
        name = "attachment",
        description = "Uploads files that messages can have attached.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {AttachmentCommand.Save.class, AttachmentCommand.Show.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox attachment save bill.pdf",
            "  signalbox send --to email:alice@example.com --attachment 019ac0de-7c1b-4000-8622-15d187ef5184 'Your bill'"
        })
final class AttachmentCommand {
    private static final String PATH = "/api/attachments";

    /** What the commands have in common: a server, an output, and JSON on demand. */
    abstract static class Question implements Callable<Integer> {
        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Option(names = "--json", description = "Prints the server's JSON.")
        private boolean json;

        @Mixin
        private final Output output = new Output();

        RestClient client() {
            return server.client();
        }

        void print(JsonNode answer, String words) {
            if (json) {
                output.result(answer);
            } else {
                output.result(words);
            }
        }

        static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }

    /** Saves. */
    @Command(
            name = "save",
            description = "Uploads a file, and prints the id by which messages name it.",
            mixinStandardHelpOptions = true)
    static final class Save extends Question {
        @Parameters(paramLabel = "FILE", description = "The file.")
        private Path file = Path.of("");

        @Option(names = "--name", paramLabel = "NAME", description = "As recipients see it; the file's own without it.")
        private @Nullable String name;

        @Option(
                names = "--type",
                paramLabel = "TYPE",
                description = "Its media type, such as application/pdf; by the name without it.")
        private @Nullable String type;

        @Override
        public Integer call() {
            String shown = name == null ? String.valueOf(file.getFileName()) : name;
            String query = "?name=" + encoded(shown) + (type == null ? "" : "&type=" + encoded(type));
            JsonNode saved = client().post(PATH + query, "application/octet-stream", read(), Map.of());
            print(saved, saved.path("id").asString(""));
            return ExitCode.OK;
        }

        private byte[] read() {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.USAGE, "the file cannot be read: " + FailureText.of(e), e);
            }
        }
    }

    /** Shows. */
    @Command(name = "show", description = "Tells what is known of an uploaded file.", mixinStandardHelpOptions = true)
    static final class Show extends Question {
        @Parameters(paramLabel = "ID", description = "The file's id.")
        private String id = "";

        @Override
        public Integer call() {
            JsonNode file = client().get(PATH + "/" + encoded(id));
            print(
                    file,
                    "%s, %s, %d bytes, kept until %s"
                            .formatted(
                                    file.path("name").asString(""),
                                    file.path("type").asString(""),
                                    file.path("size").asLong(),
                                    file.path("keptUntil").asString("")));
            return ExitCode.OK;
        }
    }
}
