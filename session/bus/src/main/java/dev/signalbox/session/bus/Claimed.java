package dev.signalbox.session.bus;

import java.util.Optional;

/** An event that a {@link Member} got to work on. Thread-safe. */
public interface Claimed<T> {
    /**
     * What happened.
     *
     * @throws SessionCodecException if the codec cannot read it; acknowledge it, or it comes again and again
     */
    Event<T> event();

    /** Its offset, which can be told even where the event cannot be read. */
    long offset();

    /** 1 the first time, and one more whenever the event is handed out again. */
    int attempt();

    /** Events right before this one that nobody worked on and that are gone. */
    Optional<Gap> gap();

    /**
     * Ends it for good.
     *
     * @return false if the lease was lost and another member has, or had, the event: what was done for it may be done twice
     * @throws SessionUnavailableException if the store cannot be reached
     */
    boolean acknowledge();

    /** Gives it back, for any member to take at once. Nothing happens if another has it. */
    void release();
}
