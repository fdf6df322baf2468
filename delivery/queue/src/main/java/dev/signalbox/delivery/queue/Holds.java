package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds out which messages of a claim have to wait for a reason that is not their own. Thread-safe. */
record Holds(Channel lane, Throttle throttle, QuietTimes quiet, Time time) {
    /** Why one waits, and for how long. */
    record Hold(String reason, Duration rest) {}

    /**
     * Those that have to wait. A recipient with quiet hours is not counted as tried. What they took of the limits of the cluster is
     * given back.
     *
     * @throws dev.signalbox.database.DatabaseException if the recipients' limits cannot be asked; nothing is given back then
     */
    Map<Claimed, Hold> of(HeldLease lease) {
        Map<Claimed, Duration> asleep = quiet.asleep(lane, lease.entries(), time.now());
        List<Claimed> awake = asleep.isEmpty()
                ? lease.entries()
                : lease.entries().stream()
                        .filter(entry -> !asleep.containsKey(entry))
                        .toList();
        Map<Claimed, Duration> denied = throttle.denied(awake, lease.id());
        if (asleep.isEmpty() && denied.isEmpty()) {
            return Map.of();
        }
        throttle.refund(asleep.size(), lease.id());
        Map<Claimed, Hold> held = new HashMap<>();
        asleep.forEach((entry, wait) -> held.put(entry, new Hold(QuietTimes.REASON, wait)));
        denied.forEach((entry, wait) -> held.put(entry, new Hold(Throttle.REASON, wait)));
        return held;
    }
}
