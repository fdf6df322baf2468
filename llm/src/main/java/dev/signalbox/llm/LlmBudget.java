package dev.signalbox.llm;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A limit that no attempt passes: each is counted in advance with the most it can use, and with what it did use when that
 * is known.
 *
 * @param tokens of prompts and answers together, at least 0
 * @param money in the currency of the prices, 0 to 1,000,000,000
 */
public record LlmBudget(OptionalLong tokens, Optional<BigDecimal> money) {

    /**
     * Checks it.
     *
     * @throws IllegalArgumentException if a limit is out of its range
     */
    public LlmBudget {
        if (tokens.isPresent() && tokens.getAsLong() < 0) {
            throw new IllegalArgumentException("tokens is " + tokens.getAsLong() + "; it must be at least 0");
        }
        if (money.filter(value -> value.signum() < 0 || value.compareTo(BigDecimal.valueOf(1_000_000_000)) > 0)
                .isPresent()) {
            throw new IllegalArgumentException("money is " + money.get() + "; it must be 0 to 1000000000");
        }
    }

    public static LlmBudget ofTokens(long tokens) {
        return new LlmBudget(OptionalLong.of(tokens), Optional.empty());
    }

    /** With a decimal number such as {@code "0.05"}. */
    public static LlmBudget ofMoney(String money) {
        return new LlmBudget(OptionalLong.empty(), Optional.of(new BigDecimal(money)));
    }

    long tokenLimit() {
        return tokens.orElse(Long.MAX_VALUE);
    }

    long nanoLimit() {
        return money.map(LlmPrice::nanos).orElse(Long.MAX_VALUE);
    }
}
