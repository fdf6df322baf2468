package dev.signalbox.delivery.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The limits of the cluster that concern one lane. */
record LaneLimits(
        Channel lane,
        Optional<Rate> pace,
        Optional<Rate> rate,
        Optional<Integer> concurrency,
        Optional<Rate> recipients) {
    /** The budget of all lanes, and the pause of all lanes, in the tables. It is the name of no channel. */
    static final String ALL = "*";

    /**
     * A row of {@code delivery_budget} that a claim locks.
     *
     * @param most what may be taken in one interval
     * @param interval in microseconds; 0 where the row is only a lock, so that claims count what is under way one by one
     */
    record Budget(String name, int most, long interval) {
        static Budget of(String name, Rate rate) {
            return new Budget(name, rate.count(), Micros.of(rate.interval()));
        }

        boolean isRate() {
            return interval > 0;
        }
    }

    /** What a claim has to ask for, in the order in which claims lock it. Without any, claims are free. */
    List<Budget> budgets() {
        List<Budget> budgets = new ArrayList<>();
        pace.ifPresent(all -> budgets.add(Budget.of(ALL, all)));
        rate.ifPresent(own -> budgets.add(Budget.of(lane.name(), own)));
        if (rate.isEmpty() && concurrency.isPresent()) {
            budgets.add(new Budget(lane.name(), Integer.MAX_VALUE, 0));
        }
        return budgets;
    }

    /** Whether a claim takes as much as there is. */
    boolean isFree() {
        return pace.isEmpty() && rate.isEmpty() && concurrency.isEmpty();
    }
}
