package dev.signalbox.session.bus;

/**
 * Where to begin to read.
 *
 * @param after the offset before it
 */
record Position(long after, Next next) {
    /** Which event may come next without there being a gap. */
    enum Next {
        /** The one after the offset. */
        SUCCESSOR,
        /** Whichever is the oldest that is kept. */
        OLDEST,
        /** The first that the session ever had: it is not known yet. */
        FIRST
    }

    static Position of(Reader reader, String session, From from) {
        return switch (from) {
            case From.After(long offset) when offset > 0 -> new Position(offset, Next.SUCCESSOR);
            case From.After(long offset) -> beginning(reader.head(session).last() > 0);
            case From.Beginning() -> beginning(reader.head(session).last() > 0);
            case From.Now() -> after(reader.head(session).last());
            case From.Since(var instant) -> after(reader.before(session, instant));
        };
    }

    private static Position beginning(boolean known) {
        return new Position(0, known ? Next.OLDEST : Next.FIRST);
    }

    private static Position after(long offset) {
        return new Position(offset, offset > 0 ? Next.SUCCESSOR : Next.FIRST);
    }

    /** The offset of the event that has to come next, of a session as read; 0 if any may. */
    long expected(SessionStore.Slice slice) {
        return switch (next) {
            case SUCCESSOR -> after + 1;
            case OLDEST -> 0;
            case FIRST -> slice.begin();
        };
    }
}
