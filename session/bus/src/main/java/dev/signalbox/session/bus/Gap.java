package dev.signalbox.session.bus;

/**
 * Events that a reader should have seen next and never will: retention removed them, or the store lost them.
 *
 * @param expected the offset that should have come next
 * @param next the offset with which it goes on; if it is not greater than {@code expected}, the store went back to an earlier
 *     state (a backup, a replica that was behind): the events from {@code next} on may be others than those seen with these offsets
 */
public record Gap(String session, long expected, long next) {
    /** Whether the store went back rather than forth. */
    public boolean isRewound() {
        return next < expected;
    }
}
