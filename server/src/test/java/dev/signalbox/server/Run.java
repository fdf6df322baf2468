package dev.signalbox.server;

import dev.signalbox.server.command.RestClient;
import java.io.StringWriter;
import tools.jackson.databind.JsonNode;

/** What a command line came to. */
public record Run(int exitCode, String out, String err) {

    public static Run of(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = SignalboxCommand.run(SignalboxCommand.FEATURES, out, err, arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    public JsonNode json() {
        return RestClient.JSON.readTree(out);
    }
}
