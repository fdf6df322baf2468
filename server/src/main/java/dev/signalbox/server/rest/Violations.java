package dev.signalbox.server.rest;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one message, so that the caller hears all of it at once. Confined to one thread. */
public final class Violations {
    private final List<Violation> found = new ArrayList<>();

    public void add(String field, String message) {
        found.add(new Violation(field, message));
    }

    public void check(boolean holds, String field, String message) {
        if (!holds) {
            add(field, message);
        }
    }

    /** All so far. */
    public List<Violation> all() {
        return List.copyOf(found);
    }

    public void throwIfAny() throws InvalidMessageException {
        if (!found.isEmpty()) {
            throw thrown();
        }
    }

    public InvalidMessageException thrown() {
        return new InvalidMessageException(found);
    }
}
