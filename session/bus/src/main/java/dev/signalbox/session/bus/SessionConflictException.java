package dev.signalbox.session.bus;

/** A session did not end where the sender expected; the event was not appended. */
public final class SessionConflictException extends SessionBusException {
    private static final long serialVersionUID = 1L;

    private final transient EventId last;

    public SessionConflictException(String session, EventId expected, EventId last) {
        super(
                "session " + session + " ends at offset " + last.offset()
                        + (last.offset() == expected.offset()
                                ? " with another event than the expected one"
                                : " where " + expected.offset() + " was expected")
                        + "; the event was not appended",
                null);
        this.last = last;
    }

    /** The session's last event; {@link EventId#NONE} if it is unknown. */
    public EventId last() {
        return last;
    }
}
