package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.FailureText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives messages that wait another time or priority. */
@Command(
        name = "reschedule",
        description = "Gives messages that wait another time or priority. A refused one does not stop the others.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox queue reschedule 019ac0de-0000-7000-8000-000000000001 --in 30m",
            "  signalbox queue reschedule 019ac0de-0000-7000-8000-000000000001 --priority 0 --note 'a doctor waits'"
        })
final class QueueReschedule extends QueueQuestion {
    @Parameters(paramLabel = "ID", arity = "1..*", description = "The messages' ids.")
    private final List<String> ids = new ArrayList<>();

    @Option(names = "--at", paramLabel = "TIME", description = "The earliest time of the next attempt (RFC 3339).")
    private @Nullable String at;

    @Option(names = "--in", paramLabel = "TIME", description = "The same from now on, such as 30m; 1ms to 365d.")
    private @Nullable String in;

    @Option(names = "--priority", paramLabel = "N", description = "0 (first) to 9 (last).")
    private @Nullable Integer priority;

    @Option(names = "--note", paramLabel = "TEXT", description = "Why, for the messages' history.")
    private @Nullable String note;

    @Override
    public Integer call() {
        ObjectNode body = body();
        RestClient client = client();
        int exitCode = ExitCode.OK;
        for (String id : ids) {
            try {
                print(client.post("/api/messages/" + encoded(id) + "/reschedule", body));
            } catch (CommandFailure refused) {
                if (refused.exitCode() != ExitCode.REFUSED) {
                    throw refused;
                }
                output().note(id + ": " + FailureText.of(refused));
                exitCode = ExitCode.REFUSED;
            }
        }
        return exitCode;
    }

    private ObjectNode body() {
        if (at == null && in == null && priority == null) {
            throw new CommandFailure(ExitCode.USAGE, "give --at, --in or --priority");
        }
        ObjectNode body = RestClient.JSON.createObjectNode();
        if (at != null) {
            body.put("at", at);
        }
        if (in != null) {
            body.put("in", in);
        }
        if (priority != null) {
            body.put("priority", priority);
        }
        if (note != null) {
            body.put("note", note);
        }
        return body;
    }

    @Override
    void show(JsonNode answer, PrintWriter out) {
        out.println(answer.path("id").asString("") + " " + answer.path("state").asString(""));
    }
}
