package dev.signalbox.maintenance.control;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a drain did.
 *
 * @param number counts the drains of this node from 1
 * @param signals why it drained; empty if it shut down
 * @param entries one for each participant that was asked, in the order in which they were
 */
public record DrainReport(
        long number,
        Instant startedAt,
        Duration took,
        Outcome outcome,
        List<ActiveSignal> signals,
        List<Entry> entries) {
    public DrainReport {
        signals = List.copyOf(signals);
        entries = List.copyOf(entries);
    }

    /** How a drain, or the part of one participant, ended; the worst last. */
    public enum Outcome {
        /** All work ended in time. */
        DRAINED,
        /** The signals were withdrawn or expired meanwhile; all is open again. */
        CANCELLED,
        /** Work was left at the deadline. */
        OVERDUE,
        /** It threw an exception. */
        FAILED
    }

    /**
     * The part of one participant.
     *
     * @param found how much was under way at the start
     * @param left how much still was at the end
     * @param cut whether it was then asked to end that by force
     * @param problem what went wrong; empty if nothing
     */
    public record Entry(
            String name,
            Phase phase,
            long found,
            long left,
            boolean cut,
            Duration waited,
            Outcome outcome,
            Optional<String> problem) {
        Entry afterCut() {
            return new Entry(name, phase, found, left, true, waited, outcome, problem);
        }
    }

    /** Those that did not drain, the longest wait first. */
    public List<Entry> blockers() {
        return entries.stream()
                .filter(entry -> entry.outcome() != Outcome.DRAINED)
                .sorted((a, b) -> b.waited().compareTo(a.waited()))
                .toList();
    }
}
