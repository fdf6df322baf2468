package dev.signalbox.server;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient.Answer;
import dev.signalbox.server.command.ServerOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a server how it is; for containers and scripts that have no other way to ask. */
@Command(
        name = "health",
        description = {
            "Asks whether a server is ready, and says what is wrong if it is not.",
            "Fails with 1 if it is not ready, and with 4 if there is none. Needs no token."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  signalbox health", "  signalbox health --live --url http://127.0.0.1:8080"})
final class HealthCommand implements Callable<Integer> {
    private static final int OK = 200;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--live", description = "Only asks whether it answers at all.")
    private boolean live;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        Answer answer = server.client().ask(live ? "/health/live" : "/health/ready");
        output.result(json ? answer.body().toString() : words(answer));
        return answer.status() == OK ? ExitCode.OK : ExitCode.FAILED;
    }

    private static String words(Answer answer) {
        StringBuilder words = new StringBuilder(answer.body().path("status").asString("?"));
        if (!answer.body().path("admission").asString("OPEN").equals("OPEN")) {
            words.append("\nadmission is ")
                    .append(answer.body().path("admission").asString(""));
        }
        answer.body()
                .path("reasons")
                .properties()
                .forEach(reason -> words.append('\n')
                        .append(reason.getKey())
                        .append(": ")
                        .append(reason.getValue().asString("")));
        return words.toString();
    }
}
