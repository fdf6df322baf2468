package dev.signalbox.server.llm;

import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.node.SimulatorOptions;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A simulated language model in the foreground. */
@Command(
        name = "llm",
        description = "Runs a simulated language model, which repeats the question, until it is stopped."
                + " It speaks the APIs of OpenAI, Azure OpenAI and Ollama.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox simulator llm --pace 100ms",
            "  signalbox llm hello --set llm.models.0.name=sim --set llm.models.0.model=sim"
                    + " --set llm.models.0.url=http://127.0.0.1:3002/v1"
        })
final class LlmSimulatorCommand implements Callable<Integer> {
    @Mixin
    private final SimulatorOptions listening = new SimulatorOptions(3002);

    @Option(names = "--key", description = "The API key that it asks for; none by default.")
    private @Nullable String key;

    @Option(
            names = "--pace",
            paramLabel = "TIME",
            defaultValue = "20ms",
            converter = TimeOption.class,
            description = "The time between two words; default ${DEFAULT-VALUE}.")
    private Duration pace = Duration.ZERO;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        return listening.run(this::options, (options, signals) -> {
            try (var simulator = LlmSimulator.start(options)) {
                output.note("SIMULATED language model (no model thinks here) at " + simulator.openAi() + " (OpenAI), "
                        + simulator.root() + " (Azure, Ollama)");
                signals.await();
                output.result("{\"simulated\":true,\"requests\":" + simulator.received() + "}");
            }
        });
    }

    private LlmSimulatorOptions options() {
        LlmSimulatorOptions open = LlmSimulatorOptions.defaults()
                .withHost(listening.host())
                .withPort(listening.port())
                .withPace(pace);
        return key == null ? open : open.withKey(key);
    }
}
