package dev.signalbox.server.clients;

import dev.signalbox.router.Address;
import dev.signalbox.router.TopicGrants;
import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ConfigOptions;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.configuration.DurationText;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.Features;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
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
        footer = {
            "  signalbox token alice --expires-in 12h",
            "  signalbox token alice --publish rooms/7 --subscribe 'rooms/*' --join rooms/7"
        })
final class TokenCommand implements Callable<Integer> {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final Features features;

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Parameters(
            paramLabel = "CLIENT",
            description = "The client's id: 1 to 128 characters of A-Z a-z 0-9 . _ ~ @ + : / = -")
    private String client = "";

    @Option(
            names = "--expires-in",
            paramLabel = "TIME",
            defaultValue = "24h",
            converter = TimeOption.class,
            description = "How long the token is valid, 1s to 3650d; default ${DEFAULT-VALUE}.")
    private Duration expiresIn = Duration.ZERO;

    @Option(
            names = "--publish",
            paramLabel = "TOPIC",
            description =
                    "Lets the client publish to it, whatever the server's rules say: a topic, or the beginning of names"
                            + " and an asterisk; may be repeated.")
    private List<String> publish = List.of();

    @Option(
            names = "--subscribe",
            paramLabel = "TOPIC",
            description = "Lets the client subscribe to it, in the same way; may be repeated.")
    private List<String> subscribe = List.of();

    @Option(
            names = "--join",
            paramLabel = "TOPIC",
            description = "Subscribes each session of the client to it from its beginning; may be repeated.")
    private List<String> join = List.of();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    TokenCommand(Features features) {
        this.features = features;
    }

    @Override
    public Integer call() {
        check();
        var secret = features.load(config)
                .values(ClientSettings::read)
                .jwt()
                .secret()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "clients.jwt.secret is not set\nSet it to at least 32 bytes, for the server"
                                + " too: tokens are signed with it"));
        var expires = Instant.now().plus(expiresIn).truncatedTo(ChronoUnit.SECONDS);
        var token = ClientTokens.mint(secret, client, expires, grants());
        output.result(json ? json(token, expires) : token);
        return ExitCode.OK;
    }

    /** A token that every server would refuse is of no use. */
    private void check() {
        try {
            Address.client(client);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "CLIENT: " + FailureText.of(e), e);
        }
        if (expiresIn.compareTo(SHORTEST) < 0 || expiresIn.compareTo(LONGEST) > 0) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--expires-in must be 1s to 3650d, not " + DurationText.format(expiresIn));
        }
    }

    private TopicGrants grants() {
        try {
            return new TopicGrants(publish, subscribe, join);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--publish, --subscribe, --join: " + FailureText.of(e), e);
        }
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
