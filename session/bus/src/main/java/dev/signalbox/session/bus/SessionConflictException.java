package dev.signalbox.session.bus;

/** A session did not end where the sender expected; the event was not appended. */
public final class SessionConflictException extends SessionBusException {
    private static final long serialVersionUID = 1L;

    private final long last;

    public SessionConflictException(String session, long expected, long last) {
        super(
                "session " + session + " ends at offset " + last + " where " + expected
                        + " was expected; the event was not appended",
                null);
        this.last = last;
    }

    /** The session's last offset; 0 if it is unknown. */
    public long last() {
        return last;
    }
}
