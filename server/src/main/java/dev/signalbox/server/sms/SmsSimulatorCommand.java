package dev.signalbox.server.sms;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Signals;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A simulated SMS provider in the foreground. */
@Command(
        name = "sms",
        description = "Runs a simulated SMS provider until it is stopped, and then prints what it counted. It takes"
                + " POST /send with a bearer token and honours Idempotency-Key. GET /stats, GET /messages,"
                + " POST /behaviour and POST /reset need no token.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox simulator sms",
            "  signalbox simulator sms --min-latency 50ms --max-latency 200ms --fault hang=0.01 --fault cut=0.01",
            "  signalbox serve --set delivery.sms.url=http://127.0.0.1:3001/send --set"
                    + " delivery.sms.token=mock-token"
        })
final class SmsSimulatorCommand implements Callable<Integer> {
    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Where to listen; default ${DEFAULT-VALUE}.")
    private String host = "";

    @Option(names = "--port", defaultValue = "3001", description = "Default ${DEFAULT-VALUE}; 0 picks a free one.")
    private int port;

    @Option(
            names = "--token",
            defaultValue = "mock-token",
            description = "The bearer token that it accepts; default ${DEFAULT-VALUE}.")
    private String token = "";

    @Option(
            names = "--min-latency",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = TimeOption.class,
            description = "The shortest time to an answer; default ${DEFAULT-VALUE}.")
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
            description = "The share of requests (0 to 1) that meet a fault: server_error,"
                    + " too_many, hang, cut, rubbish. May be repeated.")
    private final Map<Fault, Double> faults = new LinkedHashMap<>();

    @Option(names = "--refuse", paramLabel = "NUMBER", description = "A number that it refuses. May be repeated.")
    private final Set<String> refused = new LinkedHashSet<>();

    @Option(names = "--seed", defaultValue = "1", description = "Where the draws begin; default ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        var options = options();
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        var signals = Signals.taken();
        try (var simulator = SmsSimulator.start(options)) {
            output.note("SIMULATED SMS provider (nothing is sent to anyone) at " + simulator.sendUrl());
            signals.await();
            output.result(RestClient.JSON.writeValueAsString(simulator.stats()));
            return ExitCode.OK;
        } catch (UncheckedIOException e) {
            throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private SmsSimulatorOptions options() {
        try {
            var longest = maxLatency.compareTo(minLatency) < 0 ? minLatency : maxLatency;
            var behaviour = new Behaviour(minLatency, longest, faults, Duration.ofSeconds(1), refused, seed);
            return SmsSimulatorOptions.defaults()
                    .withHost(host)
                    .withPort(port)
                    .withToken(token)
                    .withBehaviour(behaviour);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }
}
