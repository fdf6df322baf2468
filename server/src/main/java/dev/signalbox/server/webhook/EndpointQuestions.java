package dev.signalbox.server.webhook;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.Table;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Commands that change nothing about endpoints. */
final class EndpointQuestions {
    private EndpointQuestions() {}

    /** Lists. */
    @Command(name = "list", description = "Lists endpoints by their ids.", mixinStandardHelpOptions = true)
    static final class Listing extends EndpointQuestion {
        @Option(names = "--after", paramLabel = "ID", defaultValue = "", description = "Begins after this one.")
        private String after = "";

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "50",
                description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            String from = after.isEmpty() ? "" : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8);
            JsonNode page = client().get(PATH + "?limit=" + limit + from);
            if (json()) {
                output().result(page);
            } else {
                table(page);
            }
            return ExitCode.OK;
        }

        private void table(JsonNode page) {
            HumanTime times = HumanTime.local();
            var table = new Table("ID", "URL", "STATE", "FAILURES", "LAST SUCCESS", "DESCRIPTION");
            for (JsonNode endpoint : page.path("items")) {
                table.row(
                        text(endpoint, "id"),
                        text(endpoint, "url"),
                        state(endpoint, times),
                        text(endpoint, "failures"),
                        times.of(text(endpoint, "lastSuccessAt")),
                        text(endpoint, "description"));
            }
            table.print(output().out());
            output().flush();
            if (page.hasNonNull("next")) {
                output().note("More: --after " + text(page, "next"));
            }
        }
    }

    /** Shows one. */
    @Command(name = "show", description = "Shows an endpoint, without its secrets.", mixinStandardHelpOptions = true)
    static final class Show extends EndpointQuestion {
        @Parameters(paramLabel = "ID", description = "The endpoint's id.")
        private String id = "";

        @Override
        public Integer call() {
            print(client().get(path(id)));
            return ExitCode.OK;
        }
    }

    /** Sends one test event. */
    @Command(
            name = "test",
            description = {
                "Posts a test event to an endpoint, waits for the answer and prints what it means.",
                "It is signed like any other, is sent once, also where the endpoint is disabled, and is not recorded."
            },
            mixinStandardHelpOptions = true)
    static final class Test extends EndpointQuestion {
        @Parameters(paramLabel = "ID", description = "The endpoint's id.")
        private String id = "";

        @Override
        public Integer call() {
            JsonNode tested = client().post(path(id) + "/test");
            boolean accepted = text(tested, "result").equals("accepted");
            if (json()) {
                output().result(tested);
            } else {
                String reason = text(tested, "reason");
                output().result(text(tested, "result") + " after " + text(tested, "millis") + " ms"
                        + (reason.isEmpty() ? "" : ": " + reason));
            }
            return accepted ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
