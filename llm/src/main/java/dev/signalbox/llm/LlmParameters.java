package dev.signalbox.llm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How an answer is to be made. A request's parameters go before its model's, and those before {@link #DEFAULT}.
 *
 * @param temperature 0 to 2
 * @param maxTokens the longest answer, in tokens, at least 1
 * @param topP above 0, up to 1
 * @param stop texts that end the answer; an empty list means: not said here
 * @param seed for repeatable answers, where the provider has that
 * @param modelId asks the first model of the call for another of its provider's models, by the provider's name for it
 */
public record LlmParameters(
        Optional<Double> temperature,
        OptionalInt maxTokens,
        Optional<Double> topP,
        List<String> stop,
        OptionalInt seed,
        Optional<String> modelId) {

    /** Nothing is said. */
    public static final LlmParameters NONE = new LlmParameters(
            Optional.empty(), OptionalInt.empty(), Optional.empty(), List.of(), OptionalInt.empty(), Optional.empty());

    /** At most 1,024 tokens, temperature 0. */
    public static final LlmParameters DEFAULT = NONE.withMaxTokens(1024).withTemperature(0);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the parameter and its range
     */
    public LlmParameters {
        stop = List.copyOf(stop);
        temperature.ifPresent(value -> require(value >= 0 && value <= 2, "temperature", value, "0 to 2"));
        topP.ifPresent(value -> require(value > 0 && value <= 1, "topP", value, "above 0, up to 1"));
        maxTokens.ifPresent(value -> require(value >= 1, "maxTokens", value, "at least 1"));
    }

    private static void require(boolean holds, String name, Object value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be " + range);
        }
    }

    public LlmParameters withTemperature(double value) {
        return new LlmParameters(Optional.of(value), maxTokens, topP, stop, seed, modelId);
    }

    public LlmParameters withMaxTokens(int value) {
        return new LlmParameters(temperature, OptionalInt.of(value), topP, stop, seed, modelId);
    }

    public LlmParameters withTopP(double value) {
        return new LlmParameters(temperature, maxTokens, Optional.of(value), stop, seed, modelId);
    }

    public LlmParameters withStop(List<String> value) {
        return new LlmParameters(temperature, maxTokens, topP, value, seed, modelId);
    }

    public LlmParameters withSeed(int value) {
        return new LlmParameters(temperature, maxTokens, topP, stop, OptionalInt.of(value), modelId);
    }

    public LlmParameters withModelId(String value) {
        return new LlmParameters(temperature, maxTokens, topP, stop, seed, Optional.of(value));
    }

    /** These, and {@code others} where these say nothing; but never the others' model. */
    LlmParameters orElse(LlmParameters others) {
        return new LlmParameters(
                temperature.or(others::temperature),
                maxTokens.isPresent() ? maxTokens : others.maxTokens,
                topP.or(others::topP),
                stop.isEmpty() ? others.stop : stop,
                seed.isPresent() ? seed : others.seed,
                modelId);
    }

    /** For every model but the first of a call. */
    LlmParameters withoutModelId() {
        return new LlmParameters(temperature, maxTokens, topP, stop, seed, Optional.empty());
    }
}
