package dev.signalbox.examples;

import dev.signalbox.llm.LlmBudget;
import dev.signalbox.llm.LlmBudgets;
import dev.signalbox.llm.LlmClient;
import dev.signalbox.llm.LlmEndpoint;
import dev.signalbox.llm.LlmModel;
import dev.signalbox.llm.LlmPrice;
import dev.signalbox.llm.LlmRequest;
import dev.signalbox.llm.LlmResponse;
import java.net.URI;
import java.util.Optional;

/** A language model with another behind it, and a budget for each client. */
public final class LlmExample {
    private final LlmClient client;

    /** {@code openAi} speaks like OpenAI, {@code ollama} is the one to ask when that fails. */
    LlmExample(URI openAi, String key, URI ollama) {
        client = LlmClient.builder()
                .model(LlmModel.of("fast", LlmEndpoint.OpenAi.compatible(openAi, Optional.of(key), "gpt-4o-mini"))
                        .withPrice(LlmPrice.perMillion("0.15", "0.075", "0.60"))
                        .withFallbacks("local"))
                .model(LlmModel.of("local", LlmEndpoint.Ollama.at(ollama)).withPrice(LlmPrice.FREE))
                .budgets(LlmBudgets.NONE.withPerClient(LlmBudget.ofMoney("0.50")))
                .build();
    }

    LlmResponse ask(String who, String question) {
        return client.generate(
                LlmRequest.of(question).withSystem("Answer in one sentence.").withClient(who));
    }

    public static void main(String[] args) {
        var example = new LlmExample(
                URI.create("https://api.openai.com/v1"),
                Optional.ofNullable(System.getenv("OPENAI_API_KEY")).orElseThrow(),
                URI.create("http://127.0.0.1:11434"));
        System.out.println(example.ask("alice", "Why is the sky blue?").text());
    }
}
