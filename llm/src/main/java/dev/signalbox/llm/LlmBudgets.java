package dev.signalbox.llm;

import java.time.Duration;
import java.util.Optional;

/**
 * The budgets of one {@link LlmClient}, in windows of time that begin at multiples of their length since 1970, so a day is
 * one of UTC. They are kept in memory, for each client, so that a restart begins them anew; an {@link LlmBudgetStore} that
 * nodes share makes them common.
 *
 * @param perRequest for every request without one of its own
 * @param perClient for each client in a window; requests without a client share one account
 * @param total for all together in a window
 * @param window 1 second to 366 days
 * @param maxClients how many clients may have an account in one window in memory, at least 1; a further one is refused, since to
 *     forget an account would be to forgive it
 */
public record LlmBudgets(
        Optional<LlmBudget> perRequest,
        Optional<LlmBudget> perClient,
        Optional<LlmBudget> total,
        Duration window,
        int maxClients) {

    /** No limits; a window of a day; 100,000 clients. */
    public static final LlmBudgets NONE =
            new LlmBudgets(Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofDays(1), 100_000);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the field and its range
     */
    public LlmBudgets {
        if (window.compareTo(Duration.ofSeconds(1)) < 0 || window.compareTo(Duration.ofDays(366)) > 0) {
            throw new IllegalArgumentException("window is " + window + "; it must be 1 second to 366 days");
        }
        if (maxClients < 1) {
            throw new IllegalArgumentException("maxClients is " + maxClients + "; it must be at least 1");
        }
    }

    public LlmBudgets withPerRequest(LlmBudget value) {
        return new LlmBudgets(Optional.of(value), perClient, total, window, maxClients);
    }

    public LlmBudgets withPerClient(LlmBudget value) {
        return new LlmBudgets(perRequest, Optional.of(value), total, window, maxClients);
    }

    public LlmBudgets withTotal(LlmBudget value) {
        return new LlmBudgets(perRequest, perClient, Optional.of(value), window, maxClients);
    }

    public LlmBudgets withWindow(Duration value) {
        return new LlmBudgets(perRequest, perClient, total, value, maxClients);
    }

    public LlmBudgets withMaxClients(int value) {
        return new LlmBudgets(perRequest, perClient, total, window, value);
    }
}
