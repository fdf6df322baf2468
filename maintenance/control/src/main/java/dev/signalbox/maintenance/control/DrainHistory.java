package dev.signalbox.maintenance.control;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last reports, and what follows from all of them. Confined to the lock of its owner. */
final class DrainHistory {
    private final int most;
    private final Deque<DrainReport> reports = new ArrayDeque<>();
    private final Map<String, DrainableStats> stats = new LinkedHashMap<>();
    private long number;

    DrainHistory(int most) {
        this.most = most;
    }

    /** The number of the next report. */
    long next() {
        return number + 1;
    }

    void add(DrainReport report) {
        number = report.number();
        reports.addFirst(report);
        if (reports.size() > most) {
            reports.removeLast();
        }
        report.entries()
                .forEach(entry -> stats.put(entry.name(), statsOf(entry.name()).with(entry)));
    }

    List<DrainReport> reports() {
        return List.copyOf(reports);
    }

    /** The latest, if it is not older than that number. */
    Optional<DrainReport> latest(long from) {
        return Optional.ofNullable(reports.peekFirst()).filter(report -> report.number() >= from);
    }

    DrainableStats statsOf(String name) {
        return stats.getOrDefault(name, DrainableStats.NONE);
    }

    void forget(String name) {
        stats.remove(name);
    }
}
