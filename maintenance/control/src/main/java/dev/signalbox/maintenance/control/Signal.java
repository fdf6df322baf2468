package dev.signalbox.maintenance.control;

import java.time.Instant;
import java.util.Optional;

/**
 * A wish that a node be in maintenance. It holds until its source withdraws it, or until it expires. Immutable.
 *
 * @param actor who wishes it; up to 100 characters in one line
 * @param reason why, in words for the operator; up to 500 characters in one line
 * @param until when it expires; empty if only its source ends it
 */
public record Signal(String actor, String reason, Optional<Instant> until) {
    private static final int LONGEST_ACTOR = 100;
    private static final int LONGEST_REASON = 500;

    /** Checks both texts. @throws IllegalArgumentException naming the field that is too long or has a control character */
    public Signal {
        requireLine("actor", actor, LONGEST_ACTOR);
        requireLine("reason", reason, LONGEST_REASON);
    }

    /** A wish without an end. */
    public static Signal of(String actor, String reason) {
        return new Signal(actor, reason, Optional.empty());
    }

    /** The same with an end. */
    public Signal until(Instant end) {
        return new Signal(actor, reason, Optional.of(end));
    }

    boolean isExpired(Instant now) {
        return until.filter(end -> !end.isAfter(now)).isPresent();
    }

    private static void requireLine(String field, String text, int longest) {
        if (text.length() > longest || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    field + " must be one line of at most " + longest + " characters, without control characters");
        }
    }
}
