package dev.signalbox.llm;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What a model costs, per million tokens, in whatever currency the budgets are in. It is kept in billionths of a unit per
 * token, rounded up, so 0.001 per million is the finest step.
 *
 * @param input for a token of the prompt
 * @param cachedInput for one that the provider had in its cache
 * @param output for a token of the answer
 */
public record LlmPrice(BigDecimal input, BigDecimal cachedInput, BigDecimal output) {
    private static final int NANO = 9;

    /** Nothing: a model of one's own. */
    public static final LlmPrice FREE = new LlmPrice(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

    /**
     * Checks it.
     *
     * @throws IllegalArgumentException if one is negative or above a million
     */
    public LlmPrice {
        check("input", input);
        check("cachedInput", cachedInput);
        check("output", output);
    }

    private static void check(String name, BigDecimal price) {
        if (price.signum() < 0 || price.compareTo(BigDecimal.valueOf(1_000_000)) > 0) {
            throw new IllegalArgumentException(name + " is " + price + "; a price must be 0 to 1000000");
        }
    }

    /** With decimal numbers such as {@code "2.50"}. */
    public static LlmPrice perMillion(String input, String cachedInput, String output) {
        return new LlmPrice(new BigDecimal(input), new BigDecimal(cachedInput), new BigDecimal(output));
    }

    /** What that much costs. */
    public BigDecimal of(LlmUsage usage) {
        return money(nanos(usage));
    }

    long nanos(LlmUsage usage) {
        return Math.addExact(
                Math.addExact(
                        Math.multiplyExact(usage.input() - usage.cachedInput(), perToken(input)),
                        Math.multiplyExact(usage.cachedInput(), perToken(cachedInput))),
                Math.multiplyExact(usage.output(), perToken(output)));
    }

    /** The most that so many tokens can cost, whatever the cache did. */
    long mostNanos(long inputTokens, long outputTokens) {
        long dearest = Math.max(perToken(input), perToken(cachedInput));
        return Math.addExact(
                Math.multiplyExact(inputTokens, dearest), Math.multiplyExact(outputTokens, perToken(output)));
    }

    private static long perToken(BigDecimal perMillion) {
        return perMillion
                .movePointRight(NANO - 6)
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    static BigDecimal money(long nanos) {
        return BigDecimal.valueOf(nanos, NANO);
    }

    static long nanos(BigDecimal money) {
        return money.movePointRight(NANO).setScale(0, RoundingMode.FLOOR).longValueExact();
    }
}
