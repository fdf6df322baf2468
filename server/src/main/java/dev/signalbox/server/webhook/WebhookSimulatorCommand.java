package dev.signalbox.server.webhook;

import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.node.SimulatorOptions;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.WebhookSimulator;
import dev.signalbox.testing.simulator.WebhookSimulatorOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A simulated receiver of webhooks in the foreground. */
@Command(
        name = "webhook",
        description =
                "Runs a simulated receiver of webhooks until it is stopped, and then prints what it counted. It takes"
                        + " a POST to any path, verifies its signature by Standard Webhooks if it is given keys, and knows repeats"
                        + " by webhook-id. GET /stats, GET /messages, POST /behaviour and POST /reset tell and change what it"
                        + " does.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox simulator webhook",
            "  signalbox simulator webhook --key whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw --fault server_error=0.1",
            "  signalbox serve --set delivery.webhook.plain-http=true --set delivery.webhook.allow-ranges=127.0.0.0/8",
            "  signalbox webhook endpoints create http://127.0.0.1:3004/orders --id orders"
        })
final class WebhookSimulatorCommand implements Callable<Integer> {
    @Mixin
    private final SimulatorOptions listening = new SimulatorOptions(3004);

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "A key to verify with, whsec_… or whpk_…; without one, signatures are not checked. May be"
                    + " repeated.")
    private final List<String> keys = new ArrayList<>();

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

    @Option(
            names = "--gone",
            paramLabel = "PATH",
            description = "A path that it answers with 410, which ends an endpoint. May be repeated.")
    private final Set<String> gone = new LinkedHashSet<>();

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
            try (var simulator = WebhookSimulator.start(options)) {
                output.note("SIMULATED receiver of webhooks at " + simulator.url("/"));
                signals.await();
                output.result(RestClient.JSON.writeValueAsString(simulator.stats()));
            }
        });
    }

    private WebhookSimulatorOptions options() {
        var longest = maxLatency.compareTo(minLatency) < 0 ? minLatency : maxLatency;
        var behaviour = new Behaviour(minLatency, longest, faults, Duration.ofSeconds(1), gone, seed);
        return WebhookSimulatorOptions.defaults()
                .withHost(listening.host())
                .withPort(listening.port())
                .withKeys(keys)
                .withBehaviour(behaviour);
    }
}
