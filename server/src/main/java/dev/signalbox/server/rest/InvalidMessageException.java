package dev.signalbox.server.rest;

import java.util.List;

/** A message that cannot be enqueued, with everything that is wrong with it. */
final class InvalidMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    InvalidMessageException(List<Violation> violations) {
        super(violations.toString(), null, false, false);
        this.violations = List.copyOf(violations);
    }

    List<Violation> violations() {
        return violations;
    }
}
