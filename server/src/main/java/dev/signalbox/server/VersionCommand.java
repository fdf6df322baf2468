package dev.signalbox.server;

import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.node.Build;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says which build this is. */
@Command(name = "version", description = "Prints which build this is.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    @Override
    public void run() {
        var build = Build.info();
        output.result(
                json
                        ? RestClient.JSON.writeValueAsString(build)
                        : "signalbox " + build.version() + " (commit " + build.gitCommit() + ", Java "
                                + Runtime.version().feature() + ")");
    }
}
