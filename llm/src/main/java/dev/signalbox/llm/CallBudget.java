package dev.signalbox.llm;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * One call's dealings with the budgets: the most that an attempt can use is reserved before it, and settled by what it did
 * use. Where the provider does not count, the most is charged. Used by one thread.
 */
final class CallBudget {
    private static final long UNKNOWN = -1;

    private final Budgets budgets;
    private final LlmRequest request;
    private final Budgets.CallAccount account;
    private long promptBound = UNKNOWN;

    CallBudget(Budgets budgets, LlmRequest request) {
        this.budgets = budgets;
        this.request = request;
        account = budgets.ofCall(request);
    }

    /** @throws LlmException.Budget if the attempt could pass one */
    Reservation reserve(LlmModel model, LlmParameters parameters) {
        long answer = parameters.maxTokens().orElseThrow();
        if (!budgets.limits(account)) {
            return new Reservation(model.price(), answer, Optional.empty());
        }
        long prompt = promptBound();
        var taken = budgets.reserve(
                account,
                request.client().orElse(""),
                Math.addExact(prompt, answer),
                model.price().map(price -> price.mostNanos(prompt, answer)));
        return new Reservation(model.price(), answer, Optional.of(taken));
    }

    /** Reckoned once a call, and only if somebody needs it: it costs a look at each byte of the prompt. */
    private long promptBound() {
        if (promptBound == UNKNOWN) {
            promptBound = Estimate.promptTokens(request);
        }
        return promptBound;
    }

    /** What one attempt holds. Exactly one of its methods is to be called, once; each returns the cost, if there is a price. */
    final class Reservation {
        private final Optional<LlmPrice> price;
        private final long answerBound;
        private final Optional<Budgets.Reservation> taken;

        private Reservation(Optional<LlmPrice> price, long answerBound, Optional<Budgets.Reservation> taken) {
            this.price = price;
            this.answerBound = answerBound;
            this.taken = taken;
        }

        /** The provider did no work. */
        Optional<BigDecimal> release() {
            taken.ifPresent(it -> it.settle(0, 0));
            return price.map(it -> BigDecimal.ZERO);
        }

        /** The provider may have done all the work there was. */
        Optional<BigDecimal> keep() {
            return price.map(it -> LlmPrice.money(it.mostNanos(promptBound(), answerBound)));
        }

        /**
         * The provider answered.
         *
         * @param counted what it says it used; a side that is empty or 0 was not counted
         * @param said whether the answer holds anything that takes tokens
         */
        Optional<BigDecimal> settle(Optional<LlmUsage> counted, boolean said) {
            LlmUsage known = counted.orElse(new LlmUsage(0, 0, 0, 0));
            long input = known.input() > 0 ? known.input() : promptBound();
            long output = known.output() > 0 || (counted.isPresent() && !said) ? known.output() : answerBound;
            var charged = new LlmUsage(input, known.cachedInput(), output, known.reasoning());
            Optional<BigDecimal> cost = price.map(it -> it.of(charged));
            taken.ifPresent(
                    it -> it.settle(charged.total(), cost.map(LlmPrice::nanos).orElse(0L)));
            return cost;
        }
    }
}
