package dev.signalbox.server.rest;

import java.util.List;

/** A message that cannot be enqueued, with everything that is wrong with it. */
public final class InvalidMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    public InvalidMessageException(List<Violation> violations) {
        super(violations.toString(), null, false, false);
        this.violations = List.copyOf(violations);
    }

    public List<Violation> violations() {
        return violations;
    }
}
