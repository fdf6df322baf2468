package dev.signalbox.server.sms;

import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.node.SimulatorOptions;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
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
                + " POST /send with a bearer token and honours Idempotency-Key, and speaks Twilio's API and Vonage's with"
                + " the same token. GET /stats, GET /messages,"
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
    @Mixin
    private final SimulatorOptions listening = new SimulatorOptions(3001);

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

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "The seed of the random numbers; default ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        return listening.run(this::options, (options, signals) -> {
            try (var simulator = SmsSimulator.start(options)) {
                output.note("SIMULATED SMS provider (nothing is sent to anyone) at " + simulator.sendUrl());
                signals.await();
                output.result(RestClient.JSON.writeValueAsString(simulator.stats()));
            }
        });
    }

    private SmsSimulatorOptions options() {
        var longest = maxLatency.compareTo(minLatency) < 0 ? minLatency : maxLatency;
        var behaviour = new Behaviour(minLatency, longest, faults, Duration.ofSeconds(1), refused, seed);
        return SmsSimulatorOptions.defaults()
                .withHost(listening.host())
                .withPort(listening.port())
                .withToken(token)
                .withBehaviour(behaviour);
    }
}
