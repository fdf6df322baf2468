package dev.signalbox.session.bus;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Where events are kept: the whole of what an adapter implements. A {@link SessionBus} does the rest: it batches, routes,
 * repairs, merges the past with the present, and retries. Thread-safe; each method may block.
 *
 * <p><b>Offsets.</b> The events of a session are numbered without holes. A session that the store does not know starts at
 * {@link Append#firstOffset()}, a number taken from the clock; so when a session is lost or deleted and begins anew, its
 * offsets are greater than all that went before. Times do not decrease within a session: where a clock went back, an event
 * gets its predecessor's time.
 *
 * <p><b>Failures.</b> {@link SessionUnavailableException} if the store cannot be reached now and what was asked may or may
 * not have been done; any other {@link SessionBusException} if it refused, and nothing was done.
 *
 * <p>A factory method of the adapter opens it, migrations included, on a client or {@code DataSource} of the caller's, which
 * it never closes; and with a {@link Retention}.
 */
public interface SessionStore extends AutoCloseable {

    /** A store in this process, which is forgotten with it, on the system's clock. The number of events is kept at all times. */
    static SessionStore inMemory(Retention retention) {
        return inMemory(retention, InstantSource.system());
    }

    /** The same with a clock of one's own. */
    static SessionStore inMemory(Retention retention, InstantSource clock) {
        return new MemoryStore(retention, clock);
    }

    /** What all times are taken from. Nodes that share a store had better share its clock, too. */
    default InstantSource clock() {
        return InstantSource.system();
    }

    /**
     * Whether {@link #append} never waits for anything, so that a sender's own thread may as well do it, and has told the
     * store's tails of the events themselves when it returns.
     */
    default boolean isImmediate() {
        return false;
    }

    /**
     * Appends all of it or nothing, each session's events in the order given, and returns their places in the order of
     * the entries. When it returns, the events are as durable as the store makes them.
     *
     * <p>A batch is repeated with the same id when its outcome is unknown. The store recognises the repetition for at least
     * {@link #REMEMBERED} and returns the places of the first time, even when the first is still under way.
     */
    List<Place> append(Append batch);

    /** For how long {@link #append} recognises a batch. */
    Duration REMEMBERED = Duration.ofMinutes(10);

    /**
     * Reads on from several places at a time, the oldest first; the slices are in the order of the cursors. A slice shows
     * one moment, at or after the call: all that was appended before it is in it, within the limit.
     *
     * @param limit the most events for each cursor, at least 1
     */
    List<Slice> read(List<Cursor> cursors, int limit);

    /** The last offset of each of these sessions that the store knows. Cheaper than reading; asked of thousands at a time. */
    Map<String, Long> last(Collection<String> sessions);

    /** The offset after which to read for all that was appended at or after an instant; 0 if the session is unknown. */
    long before(String session, Instant since);

    /**
     * Begins to watch for events appended by anyone, and goes on until it is closed, whatever happens in between: it connects
     * again by itself, with pauses that grow. Returns at once. What is told may come late, repeatedly, or not at all.
     */
    Tail tail(TailListener listener);

    /**
     * Takes what a group is to work on next: first what was released or whose lease ended by {@code now}, oldest first, then
     * fresh events after the group's position, which moves on. No event is given to two claims whose leases overlap.
     */
    Claims claim(ClaimRequest request);

    /**
     * Ends claims for good. Returns the offsets that were; the others had been released, or taken by another since. A lease
     * that ended without anyone having taken the event over counts.
     */
    Set<Long> acknowledge(GroupKey group, Collection<Claim> claims);

    /** Gives claims back, to be taken again at once. Those that another has taken since are left alone. */
    void release(GroupKey group, Collection<Claim> claims);

    /**
     * Removes what the {@link Retention} that the store was opened with does not keep: always the oldest events of a session, never one before another; batches
     * past {@link #REMEMBERED}; sessions without events whose last is older than the age to keep. Run by every node every
     * now and then, and bounded in what it does at a time.
     *
     * @return how many events were removed; 0 means that there is nothing more to do
     */
    long trim(Instant now);

    /** Frees what the adapter itself opened. */
    @Override
    default void close() {}

    /**
     * Several events in one transaction.
     *
     * @param id the same when it is repeated
     * @param at the time of all of them
     * @param entries at least one; of any sessions, repeatedly
     */
    record Append(UUID id, Instant at, List<Entry> entries) {
        private static final Instant ORIGIN = Instant.parse("2020-01-01T00:00:00Z");

        public Append {
            entries = List.copyOf(entries);
        }

        /** What an unknown session starts at: the microseconds since 2020, which JavaScript's numbers hold until 2305. */
        public long firstOffset() {
            return Math.max(1, ORIGIN.until(at, ChronoUnit.MICROS));
        }
    }

    /** An event to append. The payload must not be changed any more. */
    final class Entry {
        private final String session;
        private final byte[] payload;

        public Entry(String session, byte[] payload) {
            this.session = session;
            this.payload = payload;
        }

        public String session() {
            return session;
        }

        public byte[] payload() {
            return payload;
        }
    }

    /** Where an event came to be. */
    record Place(long offset, Instant at) {}

    /** An event as it is kept. The payload must not be changed. */
    final class Stored {
        private final long offset;
        private final Instant at;
        private final byte[] payload;

        public Stored(long offset, Instant at, byte[] payload) {
            this.offset = offset;
            this.at = at;
            this.payload = payload;
        }

        public long offset() {
            return offset;
        }

        public Instant at() {
            return at;
        }

        public byte[] payload() {
            return payload;
        }
    }

    /** Where to read on: after this offset, 0 for the beginning. */
    record Cursor(String session, long after) {}

    /**
     * A session as read.
     *
     * @param events consecutive
     * @param begin the first offset that the session ever gave out, even if that event is gone; 0 if the session is unknown
     * @param last the last offset that it gave out, likewise
     */
    record Slice(List<Stored> events, long begin, long last) {
        /** Of a session that the store does not know. */
        public static final Slice UNKNOWN = new Slice(List.of(), 0, 0);

        public Slice {
            events = List.copyOf(events);
        }

        /** The offset of the first event in it, or of the next one that will come to be. */
        long first() {
            return events.isEmpty() ? last + 1 : events.getFirst().offset();
        }

        /** The offset to read on after. */
        long end() {
            return events.isEmpty() ? last : events.getLast().offset();
        }
    }

    /** What a {@link Tail} tells, on its own threads; it returns soon and does not throw. */
    interface TailListener {
        /** From now on it is told of what is appended. What came before this call has to be looked for. */
        void up();

        /** It is not told of anything until the next {@link #up}. */
        void down(Throwable cause);

        /** Events were appended and can be read; {@code last} is the last offset, or one before it. */
        void changed(String session, long last);

        /** The same, where the store has the events in hand: consecutive ones of one session. */
        default void appended(String session, List<Stored> events) {
            changed(session, events.getLast().offset());
        }

        /** Events were appended, in sessions that it cannot name. */
        void changedSomewhere();
    }

    /** An open eye on the store. */
    interface Tail extends AutoCloseable {
        /** Tells nothing more once it returns, except what another thread is telling at this moment. Idempotent. */
        @Override
        void close();
    }

    /** A group of one session. */
    record GroupKey(String session, String group) {}

    /**
     * What a member wants.
     *
     * @param startAfter the group's position if the group is new
     * @param max the most events, at least 1
     * @param now as told by {@link #clock()}
     * @param until when the lease ends, after {@code now}
     */
    record ClaimRequest(GroupKey group, long startAfter, int max, Instant now, Instant until) {}

    /** What a member holds: an event in its n-th attempt, counted from 1. Both together fence: another claim has a higher attempt. */
    record Claim(long offset, int attempt) {}

    /** An event that a member got to work on. */
    record Claimed(Stored event, int attempt) {}

    /**
     * What a member got.
     *
     * @param position the group's position before this, to tell by whether events are gone that nobody had worked on
     */
    record Claims(List<Claimed> claimed, long position) {
        public Claims {
            claimed = List.copyOf(claimed);
        }
    }
}
