package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a reader is in a session.
 *
 * @param after the last event that it has seen, or the place before the one it begins with
 */
record Position(EventId after, Next next) {
    /** Which event may come next without there being a gap. */
    enum Next {
        /** The one after the offset. */
        SUCCESSOR,
        /** Whichever is the oldest that is kept. */
        OLDEST,
        /** The first that the session ever had: it is not known yet. */
        FIRST
    }

    static final Position OLDEST = new Position(EventId.NONE, Next.OLDEST);

    /**
     * A step forward.
     *
     * @param expected the offset that had to come next; 0 if any might
     * @param first the offset of the first of the events, or of the next one that will come to be
     * @param events those after the position
     * @param position the one after them
     * @param last the last event of the session
     */
    record Step(long expected, long first, List<Stored> events, Position position, EventId last) {
        Optional<Gap> gap(String session) {
            return expected == 0 || expected == first
                    ? Optional.empty()
                    : Optional.of(new Gap(session, expected, first));
        }
    }

    static Position after(EventId id) {
        return new Position(id, id.offset() > 0 ? Next.SUCCESSOR : Next.FIRST);
    }

    static Position of(Reader reader, String session, From from) {
        return switch (from) {
            case From.After(EventId id) when id.offset() > 0 -> after(id);
            case From.After _, From.Beginning() -> beginning(reader.head(session));
            case From.Now() -> after(reader.head(session).last());
            case From.Since(var instant) -> after(reader.before(session, instant));
        };
    }

    private static Position beginning(Slice head) {
        return head.isKnown() ? OLDEST : new Position(EventId.NONE, Next.FIRST);
    }

    /**
     * Reads on. One event more than is new is read, since the last one seen shows whether the store still has the same history.
     *
     * @param reading how to read one more event than is wanted
     * @return empty if the store no longer has the history that led here
     */
    Optional<Step> advance(String session, Function<Cursor, Slice> reading) {
        boolean again = next == Next.SUCCESSOR;
        Slice slice = reading.apply(new Cursor(session, again ? after.offset() - 1 : after.offset()));
        if (isRewound(slice)) {
            return Optional.empty();
        }
        Step step = step(slice);
        boolean atHole = again
                && step.events().isEmpty()
                && step.position().after().offset() < slice.last().offset();
        return Optional.of(atHole ? step(reading.apply(new Cursor(session, after.offset()))) : step);
    }

    private boolean isRewound(Slice slice) {
        if (next != Next.SUCCESSOR || !slice.isKnown()) {
            return false;
        }
        EventId there = overlaps(slice) ? slice.events().getFirst().id() : slice.last();
        boolean replaced = there.offset() == after.offset() && !there.matches(after);
        return replaced || slice.last().offset() < after.offset();
    }

    private boolean overlaps(Slice slice) {
        return next == Next.SUCCESSOR
                && !slice.events().isEmpty()
                && slice.events().getFirst().offset() == after.offset();
    }

    private Step step(Slice slice) {
        if (!slice.isKnown()) {
            return new Step(0, 0, List.of(), this, slice.last());
        }
        boolean overlaps = overlaps(slice);
        List<Stored> events =
                overlaps ? slice.events().subList(1, slice.events().size()) : slice.events();
        EventId end = events.isEmpty()
                ? overlaps ? slice.events().getFirst().id() : slice.last()
                : events.getLast().id();
        return new Step(
                expected(slice),
                events.isEmpty() ? end.offset() + 1 : events.getFirst().offset(),
                events,
                new Position(end, Next.SUCCESSOR),
                slice.last());
    }

    private long expected(Slice slice) {
        return switch (next) {
            case SUCCESSOR -> after.offset() + 1;
            case OLDEST -> 0;
            case FIRST -> slice.begin();
        };
    }
}
