package dev.signalbox.server.llm;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.Signals;
import dev.signalbox.server.command.TimeOption;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A simulated language model in the foreground. */
@Command(
        name = "llm",
        description =
                "Runs a simulated language model until it is stopped. No model thinks here: it repeats the question."
                        + " It speaks the APIs of OpenAI, Azure OpenAI and Ollama.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox simulator llm --pace 100ms",
            "  signalbox llm hello --set llm.models.0.name=sim --set llm.models.0.model=sim"
                    + " --set llm.models.0.url=http://127.0.0.1:3002/v1"
        })
final class LlmSimulatorCommand implements Callable<Integer> {
    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Where to listen; default ${DEFAULT-VALUE}.")
    private String host = "";

    @Option(names = "--port", defaultValue = "3002", description = "Default ${DEFAULT-VALUE}; 0 picks a free one.")
    private int port;

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
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        var signals = Signals.taken();
        try (var simulator = LlmSimulator.start(options())) {
            output.note("SIMULATED language model (no model thinks here) at " + simulator.openAi() + " (OpenAI), "
                    + simulator.root() + " (Azure, Ollama)");
            signals.await();
            output.result("{\"simulated\":true,\"requests\":" + simulator.received() + "}");
            return ExitCode.OK;
        } catch (UncheckedIOException e) {
            throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private LlmSimulatorOptions options() {
        try {
            LlmSimulatorOptions open =
                    LlmSimulatorOptions.defaults().withHost(host).withPort(port).withPace(pace);
            return key == null ? open : open.withKey(key);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }
}
