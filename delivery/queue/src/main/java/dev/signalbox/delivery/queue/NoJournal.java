package dev.signalbox.delivery.queue;

import java.util.UUID;

/** Keeps nothing: after a crash, whatever this node held is in doubt. */
record NoJournal(UUID owner) implements Journal {
    @Override
    public boolean isKept() {
        return false;
    }

    @Override
    public boolean hasPast() {
        return false;
    }

    @Override
    public Fate fate(UUID id, int attempt) {
        return new Fate.Begun();
    }

    @Override
    public void forgetPast() {
        // There is none.
    }

    @Override
    public void begin(UUID id, int attempt) {
        // Nothing is kept.
    }

    @Override
    public void end(UUID id, int attempt, SendResult result) {
        // Nothing is kept.
    }

    @Override
    public void settle(UUID id, int attempt) {
        // Nothing is kept.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
