package dev.signalbox.server.email;

import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.SimulatorOptions;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmtpMailbox;
import dev.signalbox.testing.simulator.SmtpSimulator;
import dev.signalbox.testing.simulator.SmtpSimulatorMessage;
import dev.signalbox.testing.simulator.SmtpSimulatorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A simulated mail server in the foreground. */
@Command(
        name = "smtp",
        description =
                "Runs a simulated mail server until it is stopped, and then prints what it counted. It accepts every"
                        + " message, from anyone and for anyone, and sends nothing on.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox simulator smtp --save mails",
            "  signalbox simulator smtp --web 8025",
            "  signalbox simulator smtp --refuse gone@example.com --fault server_error=0.1 --fault cut=0.01",
            "  signalbox serve --set delivery.email.host=127.0.0.1 --set delivery.email.port=3025"
                    + " --set delivery.email.encryption=none --set delivery.email.from=box@example.com"
        })
final class SmtpSimulatorCommand implements Callable<Integer> {
    @Mixin
    private final SimulatorOptions listening = new SimulatorOptions(3025);

    @Option(
            names = "--min-latency",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = TimeOption.class,
            description = "The shortest time to the answer to a message; default ${DEFAULT-VALUE}.")
    private Duration minLatency = Duration.ZERO;

    @Option(
            names = "--max-latency",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = TimeOption.class,
            description = "The longest; default the shortest.")
    private Duration maxLatency = Duration.ZERO;

    @Option(
            names = "--fault",
            paramLabel = "FAULT=SHARE",
            description = "The share of messages (0 to 1) that meet a fault: server_error (451), too_many (452),"
                    + " or, after the message was accepted, hang, cut, rubbish. May be repeated.")
    private final Map<Fault, Double> faults = new LinkedHashMap<>();

    @Option(
            names = "--refuse",
            paramLabel = "ADDRESS",
            description = "A recipient that it answers with 550. May be repeated.")
    private final Set<String> refused = new LinkedHashSet<>();

    @Option(
            names = "--save",
            paramLabel = "FOLDER",
            description = "Keeps each message there as a file NUMBER.eml, which mail programs open.")
    private @Nullable Path save;

    @Option(
            names = "--web",
            paramLabel = "PORT",
            description = "Shows the messages in a browser, at this port of this machine; 0 picks a free one.")
    private @Nullable Integer web;

    @Option(names = "--seed", defaultValue = "1", description = "Where the draws begin; default ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        return listening.run(this::options, (options, signals) -> {
            try (var simulator = SmtpSimulator.start(options, saving());
                    var _ = mailbox(simulator)) {
                output.note("SIMULATED mail server (nothing is sent to anyone) on " + listening.host() + ":"
                        + simulator.port());
                signals.await();
                output.result(RestClient.JSON.writeValueAsString(simulator.stats()));
            }
        });
    }

    /** Null if none is wanted. */
    private @Nullable SmtpMailbox mailbox(SmtpSimulator simulator) {
        if (web == null) {
            return null;
        }
        SmtpMailbox mailbox = SmtpMailbox.of(simulator, web);
        output.note("Its mailbox is at " + mailbox.url());
        return mailbox;
    }

    private Consumer<SmtpSimulatorMessage> saving() {
        var folder = save;
        if (folder == null) {
            return message -> {};
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be made: " + FailureText.of(e), e);
        }
        return message -> write(folder.resolve(message.number() + ".eml"), message);
    }

    private static void write(Path file, SmtpSimulatorMessage message) {
        try {
            Files.write(file, message.source());
        } catch (IOException e) {
            throw new UncheckedIOException("the message cannot be written to " + file + ": " + FailureText.of(e), e);
        }
    }

    private SmtpSimulatorOptions options() {
        var longest = maxLatency.compareTo(minLatency) < 0 ? minLatency : maxLatency;
        var behaviour = new Behaviour(minLatency, longest, faults, Duration.ofSeconds(1), refused, seed);
        return SmtpSimulatorOptions.defaults()
                .withHost(listening.host())
                .withPort(listening.port())
                .withBehaviour(behaviour);
    }
}
