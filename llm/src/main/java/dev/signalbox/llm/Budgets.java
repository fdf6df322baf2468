package dev.signalbox.llm;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The budgets of a client: which accounts an attempt is charged to, and what is said when one is used up. A call's own account
 * is kept here, those of a window in the {@link LlmBudgetStore}. Thread-safe.
 */
final class Budgets {
    private static final Logger LOG = LoggerFactory.getLogger(Budgets.class);

    private final LlmBudgets limits;
    private final LlmBudgetStore store;
    private final InstantSource clock;

    Budgets(LlmBudgets limits, LlmBudgetStore store, InstantSource clock) {
        this.limits = limits;
        this.store = store;
        this.clock = clock;
    }

    /** The account of one call. */
    CallAccount ofCall(LlmRequest request) {
        return new CallAccount(request.budget().or(limits::perRequest));
    }

    /** Whether anything limits a call, so that there is something to reckon. */
    boolean limits(CallAccount ofCall) {
        return ofCall.limit.isPresent()
                || limits.perClient().isPresent()
                || limits.total().isPresent();
    }

    /**
     * Takes the most that an attempt can use.
     *
     * @param nanos empty if the model has no price
     * @throws LlmException.Budget if that is more than what is left of a budget
     */
    Reservation reserve(CallAccount ofCall, String client, long tokens, Optional<Long> nanos) {
        checkPrice(ofCall, nanos);
        long money = nanos.orElse(0L);
        ofCall.check(tokens, money);
        List<LlmBudgetStore.Charge> charges = charges(client, tokens, money);
        if (!charges.isEmpty()) {
            reserve(charges);
        }
        ofCall.add(tokens, money);
        return new Reservation(ofCall, charges, tokens, money);
    }

    private void checkPrice(CallAccount ofCall, Optional<Long> nanos) {
        boolean money = ofCall.limit.flatMap(LlmBudget::money).isPresent()
                || limits.perClient().flatMap(LlmBudget::money).isPresent()
                || limits.total().flatMap(LlmBudget::money).isPresent();
        if (money && nanos.isEmpty()) {
            throw new LlmException.Budget("the model has no price, and a budget is in money; give the model a price");
        }
    }

    private void reserve(List<LlmBudgetStore.Charge> charges) {
        Optional<LlmBudgetStore.Used> full;
        try {
            full = store.reserve(charges);
        } catch (LlmException.Budget e) {
            throw e;
        } catch (RuntimeException e) {
            throw new LlmException.Budget("the budgets cannot be read, so no attempt is made: " + e.getMessage(), e);
        }
        full.ifPresent(used -> {
            throw refused(used, charges);
        });
    }

    private static LlmException.Budget refused(LlmBudgetStore.Used used, List<LlmBudgetStore.Charge> charges) {
        LlmBudgetStore.Charge charge = charges.stream()
                .filter(it -> it.account().equals(used.account()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the store refused an account it was not asked for"));
        return charge.tokens() > charge.tokenLimit() - used.tokens()
                ? refused(
                        "the budget of " + used.account(),
                        charge.tokens() + " tokens",
                        used.tokens() + " of " + charge.tokenLimit())
                : refused(
                        "the budget of " + used.account(),
                        words(charge.nanos()),
                        words(used.nanos()) + " of " + words(charge.nanoLimit()));
    }

    /** A window is named by its begin and its length, so that nodes agree on it, and another length is another account. */
    private List<LlmBudgetStore.Charge> charges(String client, long tokens, long nanos) {
        Duration length = limits.window();
        long number = Math.floorDiv(clock.instant().toEpochMilli(), length.toMillis());
        Instant begin = Instant.ofEpochMilli(number * length.toMillis());
        String window = " in the window of " + length + " from " + begin;
        var charges = new ArrayList<LlmBudgetStore.Charge>(2);
        limits.perClient()
                .ifPresent(limit -> charges.add(
                        charge("client '" + client + "'" + window, limit, tokens, nanos, begin.plus(length))));
        limits.total()
                .ifPresent(
                        limit -> charges.add(charge("the total" + window, limit, tokens, nanos, begin.plus(length))));
        return List.copyOf(charges);
    }

    private static LlmBudgetStore.Charge charge(
            String account, LlmBudget limit, long tokens, long nanos, Instant windowEnd) {
        return new LlmBudgetStore.Charge(account, tokens, nanos, limit.tokenLimit(), limit.nanoLimit(), windowEnd);
    }

    private void correct(Reservation reservation, long tokens, long nanos) {
        long moreTokens = tokens - reservation.tokens;
        long moreNanos = nanos - reservation.nanos;
        reservation.ofCall.add(moreTokens, moreNanos);
        if (reservation.charges.isEmpty() || (moreTokens == 0 && moreNanos == 0)) {
            return;
        }
        try {
            store.correct(reservation.charges.stream()
                    .map(it -> new LlmBudgetStore.Charge(
                            it.account(), moreTokens, moreNanos, it.tokenLimit(), it.nanoLimit(), it.windowEnd()))
                    .toList());
        } catch (RuntimeException e) {
            LOG.warn("what an attempt did not use could not be given back to the budgets; it stays charged", e);
        }
    }

    private static LlmException.Budget refused(String budget, String wanted, String used) {
        return new LlmException.Budget(
                "the attempt could use up to " + wanted + ", and " + used + " of " + budget + " are used or reserved");
    }

    private static String words(long nanos) {
        BigDecimal money = LlmPrice.money(nanos).stripTrailingZeros();
        return money.toPlainString();
    }

    /** What was taken for an attempt, until it is known what the attempt used. */
    final class Reservation {
        private final CallAccount ofCall;
        private final List<LlmBudgetStore.Charge> charges;
        private final long tokens;
        private final long nanos;

        private Reservation(CallAccount ofCall, List<LlmBudgetStore.Charge> charges, long tokens, long nanos) {
            this.ofCall = ofCall;
            this.charges = charges;
            this.tokens = tokens;
            this.nanos = nanos;
        }

        /** Once: gives back what was not used, or takes what was used beyond. Without it all of it stays taken. */
        void settle(long usedTokens, long usedNanos) {
            correct(this, usedTokens, usedNanos);
        }
    }

    /** What one call has used of its own budget. Only the call's thread uses it. */
    static final class CallAccount {
        private final Optional<LlmBudget> limit;
        private long tokens;
        private long nanos;

        private CallAccount(Optional<LlmBudget> limit) {
            this.limit = limit;
        }

        private void check(long moreTokens, long moreNanos) {
            limit.ifPresent(it -> {
                if (moreTokens > it.tokenLimit() - tokens) {
                    throw refused("the request's budget", moreTokens + " tokens", tokens + " of " + it.tokenLimit());
                }
                if (moreNanos > it.nanoLimit() - nanos) {
                    throw refused(
                            "the request's budget", words(moreNanos), words(nanos) + " of " + words(it.nanoLimit()));
                }
            });
        }

        private void add(long moreTokens, long moreNanos) {
            tokens += moreTokens;
            nanos += moreNanos;
        }
    }
}
