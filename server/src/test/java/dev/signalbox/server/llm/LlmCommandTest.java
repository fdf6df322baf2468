package dev.signalbox.server.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LlmCommandTest {
    private final LlmSimulator simulator =
            LlmSimulator.start(LlmSimulatorOptions.defaults().withKey("key-1"));

    @AfterEach
    void close() {
        simulator.close();
    }

    private Run ask(String... more) {
        var arguments = new ArrayList<>(List.of(
                "llm",
                "--set",
                "llm.models.0.name=sim",
                "--set",
                "llm.models.0.model=gpt",
                "--set",
                "llm.models.0.url=" + simulator.openAi(),
                "--set",
                "llm.models.0.api-key=key-1",
                "--set",
                "llm.max-retries=0"));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    @Test
    void theAnswerStreamsToTheTerminal() {
        Run run = ask("ping");
        assertThat(run.err()).contains("sim (simulated-gpt)").contains("tokens");
        assertThat(run.out()).isEqualToIgnoringNewLines("This is a simulated answer to: ping");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void withoutStreamItComesWhole() {
        Run run = ask("ping", "--no-stream", "--system", "be brief", "--max-tokens", "7");
        assertThat(run.out()).isEqualToIgnoringNewLines("This is a simulated answer to: ping");
        assertThat(simulator.requests().getLast().body()).contains("be brief").contains("\"max_tokens\" : 7");
    }

    @Test
    void asJsonItHasItsMetadata() {
        Run run = ask("ping", "--json");
        assertThat(run.json().path("text").asString()).isEqualTo("This is a simulated answer to: ping");
        assertThat(run.json().path("usage").path("output").asInt()).isPositive();
        assertThat(run.json().path("attempts").asInt()).isEqualTo(1);
    }

    @Test
    void exitCodesTellWhatWentWrong() {
        simulator.script(
                LlmReply.error(401, "invalid_api_key", "simulated"), LlmReply.error(400, "invalid_value", "simulated"));
        assertThat(ask("ping").exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        Run refused = ask("ping");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("the provider answered 400");
        assertThat(ask(" ").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ask("ping", "--model", "nobody").err()).contains("there is no model 'nobody'; there are sim");
        assertThat(Run.of("llm", "ping").err()).contains("no language model is configured");
    }

    @Test
    void mistakesInTheConfigurationAreNamedTogether() {
        Run run = Run.of(
                "llm",
                "ping",
                "--set",
                "llm.models.0.provider=azure",
                "--set",
                "llm.models.0.temperature=3",
                "--set",
                "llm.models.0.price.input=1");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains("llm.models.0.name: is required")
                .contains("llm.models.0.deployment: is required")
                .contains("llm.models.0.url: is required")
                .contains("llm.models.0.temperature")
                .contains("llm.models.0.price.output belong together");
    }
}
