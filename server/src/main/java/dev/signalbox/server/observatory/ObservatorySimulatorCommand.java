package dev.signalbox.server.observatory;

import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.node.SimulatorOptions;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import dev.signalbox.testing.simulator.ObservatorySimulatorOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A simulated log sink in the foreground. */
@Command(
        name = "observatory",
        description =
                "Runs a simulated log sink until it is stopped, and then prints what it counted. It takes batches in"
                        + " Everworker's format and in OTLP over HTTP, with a bearer token. GET /stats, GET /records,"
                        + " POST /behaviour and POST /reset need no token.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox simulator observatory",
            "  signalbox serve --set observatory.url=http://127.0.0.1:3003 --set observatory.token=mock-token",
            "  signalbox simulator observatory --fault cut"
        })
final class ObservatorySimulatorCommand implements Callable<Integer> {
    @Mixin
    private final SimulatorOptions listening = new SimulatorOptions(3003);

    @Option(
            names = "--token",
            defaultValue = "mock-token",
            description = "The bearer token that it accepts; default ${DEFAULT-VALUE}.")
    private String token = "";

    @Option(
            names = "--fault",
            defaultValue = "none",
            description = "What happens to every batch: ${COMPLETION-CANDIDATES}; answer is 503.")
    private Fault fault = Fault.NONE;

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = TimeOption.class,
            description = "The time to an answer; default ${DEFAULT-VALUE}.")
    private Duration latency = Duration.ZERO;

    @Option(
            names = "--poison",
            defaultValue = "",
            description = "Batches with a message that contains this are refused.")
    private String poison = "";

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        return listening.run(this::options, (options, signals) -> {
            try (var simulator = ObservatorySimulator.start(options)) {
                simulator.behave(behaviour());
                output.note("SIMULATED log sink at " + simulator.url());
                signals.await();
                output.result(RestClient.JSON.writeValueAsString(simulator.stats()));
            }
        });
    }

    private ObservatorySimulatorOptions options() {
        return ObservatorySimulatorOptions.defaults()
                .withHost(listening.host())
                .withPort(listening.port())
                .withToken(token);
    }

    private ObservatorySimulatorBehaviour behaviour() {
        var perfect =
                ObservatorySimulatorBehaviour.perfect().withLatency(latency).withPoison(poison);
        return fault == Fault.ANSWER ? perfect.answering(503, 0) : perfect.with(fault);
    }
}
