package dev.signalbox.llm;

import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The accounts. To reserve looks at all accounts of a call and takes from all or from none, under one lock, so two attempts
 * cannot both get the last of a budget. Thread-safe.
 */
final class Budgets {
    private final LlmBudgets limits;
    private final InstantSource clock;
    private final Map<String, Account> clients = new HashMap<>();
    private Account total;
    private long window = Long.MIN_VALUE;

    Budgets(LlmBudgets limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
        total = account("total", limits.total());
    }

    private static Account account(String name, Optional<LlmBudget> limit) {
        return new Account(
                name,
                limit.map(LlmBudget::tokenLimit).orElse(Long.MAX_VALUE),
                limit.map(LlmBudget::nanoLimit).orElse(Long.MAX_VALUE));
    }

    /** The account of one call. */
    Account ofCall(LlmRequest request) {
        return account("the request's", request.budget().or(limits::perRequest));
    }

    /** Whether anything limits a call, so that there is something to reckon. */
    boolean limits(Account ofCall) {
        return ofCall.isLimited()
                || limits.perClient().isPresent()
                || limits.total().isPresent();
    }

    /**
     * Takes the most that an attempt can use.
     *
     * @param nanos empty if the model has no price
     * @throws LlmException.Budget if that is more than what is left of a budget
     */
    synchronized Reservation reserve(Account ofCall, String client, long tokens, Optional<Long> nanos) {
        turn();
        List<Account> accounts =
                Stream.concat(Stream.of(ofCall), windowed(client)).toList();
        for (Account account : accounts) {
            account.check(tokens, nanos);
        }
        accounts.forEach(account -> account.add(tokens, nanos.orElse(0L)));
        return new Reservation(accounts, tokens, nanos.orElse(0L));
    }

    /** A new window has new accounts; what was reserved in an old one is settled in the old one. */
    private void turn() {
        long now = Math.floorDiv(clock.instant().toEpochMilli(), limits.window().toMillis());
        if (now != window) {
            window = now;
            clients.clear();
            total = account("total", limits.total());
        }
    }

    private Stream<Account> windowed(String client) {
        return limits.perClient().isEmpty() ? Stream.of(total) : Stream.of(accountOf(client), total);
    }

    private Account accountOf(String client) {
        Account known = clients.get(client);
        if (known == null) {
            if (clients.size() >= limits.maxClients()) {
                throw new LlmException.Budget(
                        "more than " + limits.maxClients() + " clients asked in this window; no further one is let in");
            }
            known = account("client '" + client + "'", limits.perClient());
            clients.put(client, known);
        }
        return known;
    }

    private synchronized void correct(Reservation reservation, long tokens, long nanos) {
        reservation.accounts.forEach(account -> account.add(tokens - reservation.tokens, nanos - reservation.nanos));
    }

    /** What was taken for an attempt, until it is known what the attempt used. */
    final class Reservation {
        private final List<Account> accounts;
        private final long tokens;
        private final long nanos;

        private Reservation(List<Account> accounts, long tokens, long nanos) {
            this.accounts = accounts;
            this.tokens = tokens;
            this.nanos = nanos;
        }

        long nanos() {
            return nanos;
        }

        /** Once: gives back what was not used, or takes what was used beyond. Without it all of it stays taken. */
        void settle(long usedTokens, long usedNanos) {
            correct(this, usedTokens, usedNanos);
        }
    }

    /** What has been used of one budget. Guarded by the lock of its owner. */
    static final class Account {
        private final String name;
        private final long tokenLimit;
        private final long nanoLimit;
        private long tokens;
        private long nanos;

        private Account(String name, long tokenLimit, long nanoLimit) {
            this.name = name;
            this.tokenLimit = tokenLimit;
            this.nanoLimit = nanoLimit;
        }

        private boolean isLimited() {
            return tokenLimit != Long.MAX_VALUE || nanoLimit != Long.MAX_VALUE;
        }

        private void check(long moreTokens, Optional<Long> moreNanos) {
            if (moreTokens > tokenLimit - tokens) {
                throw refused("up to " + moreTokens + " tokens", tokens + " of " + tokenLimit);
            }
            if (nanoLimit == Long.MAX_VALUE) {
                return;
            }
            long more = moreNanos.orElseThrow(
                    () -> new LlmException.Budget("the model has no price, and " + name + " budget is in money"));
            if (more > nanoLimit - nanos) {
                throw refused("up to " + words(more), words(nanos) + " of " + words(nanoLimit));
            }
        }

        private LlmException.Budget refused(String wanted, String used) {
            return new LlmException.Budget("the attempt could use " + wanted + ", and " + used + " of " + name
                    + " budget are used or reserved");
        }

        private static String words(long nanos) {
            BigDecimal money = LlmPrice.money(nanos).stripTrailingZeros();
            return money.toPlainString();
        }

        private void add(long moreTokens, long moreNanos) {
            tokens += moreTokens;
            nanos += moreNanos;
        }
    }
}
