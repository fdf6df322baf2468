package dev.signalbox.server.llm;

import dev.langchain4j.data.message.AiMessage;
import dev.signalbox.llm.LlmResponse;
import dev.signalbox.llm.LlmResponse.Metadata;
import dev.signalbox.llm.LlmUsage;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Puts the responses of several rounds, between which tools were called, together to the one that a client gets. */
final class LlmAnswer {
    private LlmAnswer() {}

    /**
     * Text, tokens, costs and attempts add up; all else is the last one's.
     *
     * @param rounds at least one
     * @param took from the question to the end, with all rounds and tools
     */
    static LlmResponse of(List<LlmResponse> rounds, Duration took) {
        Metadata first = rounds.getFirst().metadata();
        Metadata last = rounds.getLast().metadata();
        if (rounds.size() == 1) {
            return rounds.getFirst();
        }
        String text = rounds.stream().map(LlmResponse::text).collect(Collectors.joining());
        return new LlmResponse(
                AiMessage.builder().text(text).build(),
                new Metadata(
                        last.model(),
                        last.modelId(),
                        last.id(),
                        last.type(),
                        last.finishReason(),
                        last.refusal(),
                        sum(rounds, Metadata::usage, LlmAnswer::sum),
                        sum(rounds, Metadata::cost, BigDecimal::add),
                        took,
                        first.timeToFirstToken(),
                        rounds.stream()
                                .flatMap(round -> round.metadata().attempts().stream())
                                .toList()));
    }

    /** Empty if it is not known of each round: a part of it would pass for the whole. */
    private static <T> Optional<T> sum(
            List<LlmResponse> rounds, Function<Metadata, Optional<T>> part, BinaryOperator<T> sum) {
        return rounds.stream()
                .map(round -> part.apply(round.metadata()))
                .reduce((one, other) -> one.flatMap(first -> other.map(second -> sum.apply(first, second))))
                .flatMap(all -> all);
    }

    private static LlmUsage sum(LlmUsage one, LlmUsage other) {
        return new LlmUsage(
                one.input() + other.input(),
                one.cachedInput() + other.cachedInput(),
                one.output() + other.output(),
                one.reasoning() + other.reasoning());
    }
}
