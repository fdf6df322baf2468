package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmClient;
import dev.signalbox.llm.LlmException;
import dev.signalbox.llm.LlmListener;
import dev.signalbox.llm.LlmParameters;
import dev.signalbox.llm.LlmRequest;
import dev.signalbox.llm.LlmResponse;
import dev.signalbox.llm.LlmStream;
import dev.signalbox.llm.LlmStreamListener;
import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ConfigOptions;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a language model of the configuration, without a server. */
@Command(
        name = "llm",
        description = "Asks one of the configured language models, and prints the answer as it comes.",
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "  0:answered",
            "  1:failed",
            "  2:the command line or the configuration is wrong",
            "  3:the provider refused the question, or a budget did",
            "  4:the provider cannot be reached, or does not accept the key",
            "130:stopped by Ctrl-C"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox llm 'Why is the sky blue?' --model fast",
            "  git diff | signalbox llm - --system 'Write a commit message' --max-tokens 200",
            "  signalbox simulator llm    # and then, in another terminal:",
            "  signalbox llm hello --set llm.models.0.name=sim --set llm.models.0.model=sim"
                    + " --set llm.models.0.url=http://127.0.0.1:3002/v1"
        })
final class LlmCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    private final Features features;

    @Parameters(paramLabel = "QUESTION", description = "The question; - reads it from the input.")
    private String question = "";

    @Option(names = "--model", paramLabel = "NAME", description = "One of the configured models. Default: the first.")
    private @Nullable String model;

    @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told before the question.")
    private @Nullable String system;

    @Option(names = "--max-tokens", paramLabel = "N", description = "The longest answer.")
    private @Nullable Integer maxTokens;

    @Option(names = "--temperature", paramLabel = "T", description = "0 to 2.")
    private @Nullable Double temperature;

    @Option(names = "--no-stream", description = "Waits for the whole answer.")
    private boolean whole;

    @Option(names = "--json", description = "Prints the answer with its metadata as one JSON object.")
    private boolean json;

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Mixin
    private final Output output = new Output();

    LlmCommand(Features features) {
        this.features = features;
    }

    @Override
    public Integer call() throws IOException {
        Logging.configure(LogFormat.PLAIN, LogLevel.ERROR);
        LlmRequest request = request();
        LlmConfig models = features.load(config).values(reading -> new LlmSettings(reading).compose());
        LlmClient client = LlmModels.client(models, LlmListener.NONE, Optional.empty())
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, "no language model is configured: give llm.models.0.name and the like"));
        try {
            LlmResponse response = whole || json ? client.generate(request) : streamed(client, request);
            if (json) {
                output.result(LlmFrames.of(response));
            } else if (whole) {
                output.result(response.text());
            }
            response.metadata().refusal().ifPresent(words -> output.note("the model refused: " + words));
            return ExitCode.OK;
        } catch (LlmException e) {
            throw new CommandFailure(exitCode(e), FailureText.of(e), e);
        }
    }

    private LlmRequest request() throws IOException {
        String text = question.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : question;
        if (text.isBlank()) {
            throw new CommandFailure(ExitCode.USAGE, "the question is empty");
        }
        try {
            LlmRequest plain = LlmRequest.of(text).withParameters(parameters());
            LlmRequest instructed =
                    Optional.ofNullable(system).map(plain::withSystem).orElse(plain);
            return Optional.ofNullable(model).map(instructed::withModels).orElse(instructed);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, FailureText.of(e), e);
        }
    }

    private LlmParameters parameters() {
        LlmParameters some = maxTokens == null ? LlmParameters.NONE : LlmParameters.NONE.withMaxTokens(maxTokens);
        return temperature == null ? some : some.withTemperature(temperature);
    }

    private LlmResponse streamed(LlmClient client, LlmRequest request) {
        LlmStream stream = client.stream(request, new Printer());
        var stop = Thread.ofPlatform().unstarted(stream::cancel);
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            return stream.result().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LlmException failure ? failure : e;
        } finally {
            forget(stop);
        }
    }

    private static void forget(Thread stop) {
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static int exitCode(LlmException failure) {
        return switch (failure) {
            case LlmException.Cancelled it -> INTERRUPTED;
            case LlmException.Unavailable it -> ExitCode.UNREACHABLE;
            case LlmException.Authentication it -> ExitCode.UNREACHABLE;
            case LlmException.Timeout it -> ExitCode.UNREACHABLE;
            case LlmException.RateLimited it -> ExitCode.REFUSED;
            case LlmException.Budget it -> ExitCode.REFUSED;
            case LlmException.ContentFiltered it -> ExitCode.REFUSED;
            case LlmException.ContextTooLong it -> ExitCode.REFUSED;
            case LlmException.BadRequest it -> ExitCode.REFUSED;
        };
    }

    /** Prints pieces as they come. */
    private final class Printer implements LlmStreamListener {
        @Override
        public void onText(String piece) {
            output.out().print(piece);
            output.out().flush();
        }

        @Override
        public void onDone(LlmResponse response) {
            var metadata = response.metadata();
            output.result("");
            output.note(String.format(
                    Locale.ROOT,
                    "%s (%s), %d ms, %s",
                    metadata.model(),
                    metadata.modelId().orElse("?"),
                    metadata.latency().toMillis(),
                    metadata.usage().map(usage -> usage.total() + " tokens").orElse("tokens not counted")));
        }

        @Override
        public void onError(LlmException error) {
            output.result("");
        }
    }
}
