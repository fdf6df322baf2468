package dev.signalbox.llm;

/**
 * Tokens, as the provider counted them.
 *
 * @param input of the prompt, the cached ones included
 * @param cachedInput of the prompt, taken from the provider's cache
 * @param output of the answer, those of its reasoning included
 * @param reasoning of the answer, spent on reasoning; 0 if the provider does not say
 */
public record LlmUsage(long input, long cachedInput, long output, long reasoning) {

    public long total() {
        return input + output;
    }
}
