package dev.signalbox.llm;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * One try at one model.
 *
 * @param model the model's name in the client
 * @param kind how it came to it
 * @param took from its start to its end; zero if it was refused before it began
 * @param error empty for the one that answered
 * @param cost what was charged for it: by the provider's count, or the most it can have cost if the provider did not say
 *     and may have worked; empty without a price
 */
public record LlmAttempt(
        String model, Kind kind, Duration took, Optional<LlmException> error, Optional<BigDecimal> cost) {

    /** How a call came to an attempt. */
    public enum Kind {
        /** The first of the call. */
        FIRST,
        /** The same model again. */
        RETRY,
        /** The next model. */
        FALLBACK
    }
}
