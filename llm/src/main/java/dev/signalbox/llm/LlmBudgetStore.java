package dev.signalbox.llm;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where it is kept what has been used of the budgets. {@link LlmClient} has one in memory of its own; one that all nodes
 * share, such as {@link JdbcBudgetStore}, makes their budgets common. Thread-safe; called on the threads of the calls, which
 * may wait for it.
 *
 * <p>An implementation that cannot reach its data throws. A reservation that fails so is refused, and a correction that
 * fails so is lost, with the reservation kept: neither lets an attempt pass a budget.
 */
public interface LlmBudgetStore {

    /**
     * An amount for one account.
     *
     * @param account its name, at most 400 characters; a new window has new ones
     * @param tokens to add; negative in a correction
     * @param nanos to add, in billionths of the prices' currency
     * @param tokenLimit {@link Long#MAX_VALUE} for none
     * @param nanoLimit likewise
     * @param windowEnd when the account is of no more use
     */
    record Charge(String account, long tokens, long nanos, long tokenLimit, long nanoLimit, Instant windowEnd) {}

    /** What has been used of an account, or is reserved. */
    record Used(String account, long tokens, long nanos) {}

    /**
     * Adds all charges, or none if one account would pass its limit. Atomic: two reservations at a time, on two nodes too,
     * cannot both get the last of an account.
     *
     * @return the account that would pass its limit; empty if all was added
     */
    Optional<Used> reserve(List<Charge> charges);

    /** Adds all charges, whatever the limits. */
    void correct(List<Charge> charges);
}
