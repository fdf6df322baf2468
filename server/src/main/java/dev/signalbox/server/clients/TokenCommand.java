package dev.signalbox.server.clients;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ConfigOptions;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.node.Features;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a token for a client. */
@Command(
        name = "token",
        description = "Makes a token for a client, signed with the configuration's clients.jwt.secret.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  signalbox token alice --expires-in 12h"})
final class TokenCommand implements Callable<Integer> {
    private final Features features;

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Parameters(paramLabel = "CLIENT", description = "The client's id.")
    private String client = "";

    @Option(
            names = "--expires-in",
            paramLabel = "TIME",
            defaultValue = "24h",
            converter = TimeOption.class,
            description = "How long it is good for; default ${DEFAULT-VALUE}.")
    private Duration expiresIn = Duration.ZERO;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    TokenCommand(Features features) {
        this.features = features;
    }

    @Override
    public Integer call() {
        var secret = features.load(config)
                .values(ClientSettings::read)
                .jwtSecret()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, "clients.jwt.secret is not set, so there is nothing to sign a token with"));
        var expires = Instant.now().plus(expiresIn).truncatedTo(ChronoUnit.SECONDS);
        var token = ClientTokens.mint(secret, client, expires);
        output.result(json ? json(token, expires) : token);
        return ExitCode.OK;
    }

    private String json(String token, Instant expires) {
        return RestClient.JSON
                .createObjectNode()
                .put("token", token)
                .put("client", client)
                .put("expires", expires.toString())
                .toString();
    }
}
