package dev.signalbox.server.clients;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Connects as a client, for a person. */
@Command(
        name = "connect",
        description = {
            "Connects to a server as a client.",
            "It prints what comes and sends what is typed: ADDRESS TEXT, such as `client:bob hello`, or with --to the"
                    + " text alone. Messages that ask for it are acknowledged. It ends with Ctrl-C, or some time after the"
                    + " end of its input."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox connect --token-file bob.token --topic news",
            "  signalbox connect http://127.0.0.1:8081/events --token-file bob.token",
            "  SIGNALBOX_CLIENT_TOKEN=$(signalbox token alice) signalbox connect",
            "  echo hello | signalbox connect --token-file bob.token --to client:alice --linger 0s"
        })
final class ConnectCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "URL",
            defaultValue = "ws://127.0.0.1:8081/ws",
            description = "Over ws, http, tcp, udp or grpc, with TLS wss, https, tcps or grpcs; tcp+unix:/PATH for a"
                    + " Unix socket. Default ${DEFAULT-VALUE}.")
    private URI url = URI.create("");

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file that holds the client's token. Else SIGNALBOX_CLIENT_TOKEN.")
    private @Nullable Path tokenFile;

    @Option(names = "--to", paramLabel = "ADDRESS", description = "The address that every line is sent to.")
    private @Nullable String to;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description =
                    "Subscribes to it and prints what is published; may be repeated. With --to topic:TOPIC, lines are"
                            + " published.")
    private List<String> topics = List.of();

    @Option(names = "--no-ack", description = "Acknowledges no message.")
    private boolean noAck;

    @Option(
            names = "--linger",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = TimeOption.class,
            description = "How long to listen after the end of the input; default ${DEFAULT-VALUE}.")
    private Duration linger = Duration.ZERO;

    @Option(names = "--json", description = "Prints the server's frames as they are.")
    private boolean json;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!ClientTransport.knows(url)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "'" + url
                            + "' is not a URL of ws, wss, http, https, or of tcp, tcps, udp, grpc or grpcs with a port");
        }
        var printer = new FramePrinter(output.out(), output.err(), json);
        try (var conversation = ClientConversation.open(url, token(), printer, !noAck)) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(conversation::close));
            topics.forEach(conversation::subscribe);
            Thread.ofVirtual().start(() -> read(conversation));
            return conversation.awaitEnd();
        }
    }

    /** Sends what is typed, until the input or the conversation ends. */
    private void read(ClientConversation conversation) {
        try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String typed = in.readLine(); typed != null; typed = in.readLine()) {
                send(conversation, typed);
            }
            conversation.finish(linger);
        } catch (IOException e) {
            conversation.fail("the input cannot be read: " + FailureText.of(e));
        }
    }

    private void send(ClientConversation conversation, String typed) {
        if (typed.isBlank()) {
            return;
        }
        int space = typed.indexOf(' ');
        if (to != null) {
            conversation.send(to, typed);
        } else if (space > 0) {
            conversation.send(typed.substring(0, space), typed.substring(space + 1));
        } else {
            output.note("write ADDRESS TEXT, such as: client:bob hello");
        }
    }

    private Secret token() throws IOException {
        if (tokenFile != null) {
            return new Secret(Files.readString(tokenFile).strip());
        }
        var given = System.getenv("SIGNALBOX_CLIENT_TOKEN");
        if (given == null || given.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "a client needs a token: give --token-file or SIGNALBOX_CLIENT_TOKEN");
        }
        return new Secret(given);
    }
}
