package dev.signalbox.llm;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The budgets of one process. A new window forgets the accounts of the one before. Thread-safe.
 *
 * <p>Bound: so many accounts in a window; a further one is refused, since to forget an account would be to forgive it.
 */
final class MemoryBudgetStore implements LlmBudgetStore {
    private final long maxAccounts;
    private final Map<String, Used> accounts = new HashMap<>();
    private Instant windowEnd = Instant.MIN;

    MemoryBudgetStore(long maxAccounts) {
        this.maxAccounts = maxAccounts;
    }

    /** With room for the clients that may have an account, and for the one of all together. */
    static MemoryBudgetStore of(LlmBudgets budgets) {
        return new MemoryBudgetStore(budgets.maxClients() + (budgets.total().isPresent() ? 1L : 0L));
    }

    @Override
    public synchronized Optional<Used> reserve(List<Charge> charges) {
        charges.forEach(this::turn);
        Optional<Used> full = charges.stream()
                .filter(charge -> !fits(charge))
                .map(charge -> used(charge.account()))
                .findFirst();
        if (full.isEmpty()) {
            charges.forEach(this::checkRoom);
            charges.forEach(this::add);
        }
        return full;
    }

    private void turn(Charge charge) {
        if (charge.windowEnd().isAfter(windowEnd)) {
            windowEnd = charge.windowEnd();
            accounts.clear();
        }
    }

    private boolean fits(Charge charge) {
        Used used = used(charge.account());
        return charge.tokens() <= charge.tokenLimit() - used.tokens()
                && charge.nanos() <= charge.nanoLimit() - used.nanos();
    }

    private Used used(String account) {
        return accounts.getOrDefault(account, new Used(account, 0, 0));
    }

    private void checkRoom(Charge charge) {
        if (accounts.size() >= maxAccounts && !accounts.containsKey(charge.account())) {
            throw new LlmException.Budget(
                    "too many clients asked in this window; no further one is let in until it ends");
        }
    }

    private void add(Charge charge) {
        Used used = used(charge.account());
        accounts.put(
                charge.account(),
                new Used(charge.account(), used.tokens() + charge.tokens(), used.nanos() + charge.nanos()));
    }

    /** An account of a window that has ended is gone already. */
    @Override
    public synchronized void correct(List<Charge> charges) {
        charges.stream()
                .filter(charge -> accounts.containsKey(charge.account()))
                .forEach(this::add);
    }
}
