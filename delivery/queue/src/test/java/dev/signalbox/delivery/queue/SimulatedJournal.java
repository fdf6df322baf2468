package dev.signalbox.delivery.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A journal whose file outlives the processes of its machine: {@link #reopened} is what the next one finds. */
final class SimulatedJournal implements Journal {
    /** @param result null while the sender has it */
    private record Line(@Nullable SendResult result) {}

    private final UUID owner;
    private final Map<Attempt, Line> past;
    private final Map<Attempt, Line> lines = new HashMap<>();
    private boolean hasPast;

    SimulatedJournal(UUID owner) {
        this(owner, Map.of(), false);
    }

    private SimulatedJournal(UUID owner, Map<Attempt, Line> past, boolean hasPast) {
        this.owner = owner;
        this.past = past;
        this.hasPast = hasPast;
    }

    /** To be called when the machine dies: what its threads write while they end, the file never sees. */
    SimulatedJournal reopened() {
        Map<Attempt, Line> found = new HashMap<>(hasPast ? past : Map.of());
        found.putAll(lines);
        return new SimulatedJournal(owner, found, true);
    }

    @Override
    public boolean isKept() {
        return true;
    }

    @Override
    public UUID owner() {
        return owner;
    }

    @Override
    public boolean hasPast() {
        return hasPast;
    }

    @Override
    public Fate fate(UUID id, int attempt) {
        Line line = past.get(new Attempt(id, attempt));
        if (line == null) {
            return new Fate.NotBegun();
        }
        SendResult result = line.result();
        return result == null ? new Fate.Begun() : new Fate.Ended(result);
    }

    @Override
    public void forgetPast() {
        hasPast = false;
    }

    @Override
    public void begin(UUID id, int attempt) {
        lines.put(new Attempt(id, attempt), new Line(null));
    }

    @Override
    public void end(UUID id, int attempt, SendResult result) {
        lines.computeIfPresent(new Attempt(id, attempt), (same, line) -> new Line(result));
    }

    @Override
    public void settle(UUID id, int attempt) {
        lines.remove(new Attempt(id, attempt));
    }

    @Override
    public void close() {
        // The file stays.
    }
}
