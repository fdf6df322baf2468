package dev.signalbox.delivery.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A journal whose file outlives the processes of its machine: {@link #reopened} is what the next one finds. */
final class SimulatedJournal implements Journal {
    /** @param result null while the sender has it */
    private record Line(int attempt, @Nullable SendResult result) {}

    private final UUID owner;
    private final Map<UUID, Line> past;
    private final Map<UUID, Line> lines = new HashMap<>();
    private boolean hasPast;

    SimulatedJournal(UUID owner) {
        this(owner, Map.of(), false);
    }

    private SimulatedJournal(UUID owner, Map<UUID, Line> past, boolean hasPast) {
        this.owner = owner;
        this.past = past;
        this.hasPast = hasPast;
    }

    /** To be called when the machine dies: what its threads write while they end, the file never sees. */
    SimulatedJournal reopened() {
        Map<UUID, Line> found = new HashMap<>(hasPast ? past : Map.of());
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
        Line line = past.get(id);
        if (line == null || line.attempt() != attempt) {
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
        lines.put(id, new Line(attempt, null));
    }

    @Override
    public void end(UUID id, int attempt, SendResult result) {
        lines.computeIfPresent(id, (same, line) -> line.attempt() == attempt ? new Line(attempt, result) : line);
    }

    @Override
    public void settle(UUID id) {
        lines.remove(id);
    }

    @Override
    public void close() {
        // The file stays.
    }
}
