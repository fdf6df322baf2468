package dev.signalbox.server.webhook;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes an endpoint. */
@Command(
        name = "create",
        description = {
            "Makes an endpoint and prints its secret, which is shown this once and never again.",
            "The URL's host is looked up; it must lead into the public internet, or where the server's operator allows."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox webhook endpoints create https://example.com/hook --id orders",
            "  signalbox webhook endpoints create https://example.com/hook --kind ed25519 --json"
        })
final class EndpointCreate extends EndpointQuestion {
    @Parameters(paramLabel = "URL", description = "Where webhooks are posted.")
    private String url = "";

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "What messages are addressed to, as in webhook:ID: lower-case letters, digits, dots, hyphens,"
                    + " underscores. Without it one is made up.")
    private @Nullable String id;

    @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
    private @Nullable String description;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "How it signs: symmetric (the default) or ed25519, whose public key anyone may have.")
    private @Nullable String kind;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description = "A file with a secret of your own, whsec_… or whsk_…, instead of a new one.")
    private @Nullable Path secretFile;

    @Override
    public Integer call() {
        ObjectNode body = RestClient.JSON.createObjectNode().put("url", url);
        put(body, "id", id);
        put(body, "description", description);
        put(body, "kind", kind);
        put(body, "secret", secretFile == null ? null : read(secretFile));
        JsonNode made = client().post(PATH, body);
        print(made);
        if (!json()) {
            output().note("Keep the secret now: it is not shown again");
        }
        return ExitCode.OK;
    }

    static void put(ObjectNode body, String name, @Nullable String value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the secret cannot be read: " + FailureText.of(e), e);
        }
    }
}
