package dev.signalbox.session.bus;

import java.util.Optional;

/**
 * An event that a {@link Member} got to work on. It is fenced by its identity and attempt: what is done with it after another member
 * has taken it over changes nothing. Thread-safe. All methods that return a boolean ask the store, and throw {@link SessionUnavailableException}
 * if it cannot be reached.
 */
public interface Claimed<T> {
    /**
     * What happened.
     *
     * @throws SessionCodecException if the codec cannot read it; {@link #reject} it, or it comes again and again
     */
    Event<T> event();

    /** Which event it is, also where it cannot be read. */
    EventId id();

    /** 1 the first time, and one more whenever the event is handed out again. */
    int attempt();

    /** Events right before this one that nobody worked on and that are gone. */
    Optional<Gap> gap();

    /**
     * Ends it for good.
     *
     * @return false if the lease was lost and another member has, or had, the event: what was done for it may be done twice
     */
    boolean acknowledge();

    /**
     * Begins the lease anew, for work that takes longer.
     *
     * @return false if it is another member's; stop working on it
     */
    boolean renew();

    /** Gives it back, for any member to take at once; false if it is another member's. */
    boolean release();

    /** Makes it a dead letter of the group, which is not handed out again; false if it is another member's. */
    boolean reject();
}
