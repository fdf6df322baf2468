package dev.signalbox.session.bus;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Where events are kept: the whole of what an adapter implements. A {@link SessionBus} does the rest: it batches, routes, retries,
 * merges the past with the present, finds an instant, runs groups. Thread-safe; each method may block.
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

    /** What all times are taken from. Nodes that share a store should share its clock, too. */
    default InstantSource clock() {
        return InstantSource.system();
    }

    /**
     * Whether {@link #append} never waits for anything, so that a sender's own thread may do it, and has told the
     * listeners of the events themselves when it returns.
     */
    default boolean isImmediate() {
        return false;
    }

    /**
     * Appends all of it or nothing, each session's events in the order given, and returns their places in the order of
     * the entries. When it returns, the events are as durable as the store makes them.
     *
     * <p>A batch is repeated with the same id when its outcome is unknown. The store recognises the repetition for at least
     * {@link #REMEMBERED} and returns the places of the first time, even when the first is still under way. An immediate store
     * needs to recognise only those that are {@linkplain Append#keyed() keyed}.
     *
     * @throws SessionConflictException if the session's last event is not the one expected
     */
    List<Place> append(Append batch);

    /** For how long {@link #append} recognises a batch, at least. */
    Duration REMEMBERED = Duration.ofMinutes(10);

    /**
     * Reads on from several places at a time, the oldest first; the slices are in the order of the cursors. A slice shows
     * one moment, at or after the call: all that was appended before it is in it, within the limit.
     *
     * @param limit the most events for each cursor, at least 1
     */
    List<Slice> read(List<Cursor> cursors, int limit);

    /** The last event of each of these sessions that the store knows. Cheaper than reading; asked of a thousand at a time. */
    Map<String, EventId> heads(Collection<String> sessions);

    /** Up to so many names of sessions, in an order of the store's own, after this one; the empty text comes before all. */
    List<String> sessions(String after, int limit);

    /**
     * Removes a session with its events and groups, the oldest event first. Nothing happens if it is unknown. What is appended
     * meanwhile either goes with it or begins the session anew.
     */
    void delete(String session);

    /**
     * Opens a connection on which the store tells of what anyone appends. When it returns, everything that is appended from then on
     * is told, until the connection fails; what is told may come late or repeatedly.
     *
     * @param liveness how long the other side may take for an answer; then the connection counts as failed
     */
    Notifications listen(ChangeListener listener, Duration liveness);

    /** The state of a group, as last {@linkplain #replaceGroup replaced}. */
    Optional<GroupDocument> group(GroupKey key);

    /**
     * Replaces a group's state if it still has the version that was read: compare and set.
     *
     * @param expected the version that was read; {@link GroupDocument#ABSENT} if there was none
     * @return false if it has another version
     */
    boolean replaceGroup(GroupKey key, long expected, GroupDocument document);

    /**
     * Removes what the {@link Retention} that the store was opened with does not keep: always the oldest events of a session, never one
     * before another; batches past {@link #REMEMBERED}; sessions without events whose last is older than the age to keep. Run
     * by every node every now and then, and bounded in what it does at a time.
     *
     * @return how many events were removed; 0 means that there is nothing more to do now
     */
    long trim(Instant now);

    /** Frees what the adapter itself opened. */
    @Override
    default void close() {}

    /**
     * Several events in one transaction.
     *
     * @param id the same when it is repeated; part of the events' {@linkplain EventId identity}
     * @param at the time of all of them
     * @param entries at least one; of any sessions, repeatedly
     * @param expected if present, all entries are of one session, whose last event has to be this one; {@link EventId#NONE} for an unknown
     *     session. Without a batch, any event with the offset will do
     * @param keyed whether the id stands for a key of the caller's, so that anyone may repeat the batch
     */
    record Append(UUID id, Instant at, List<Entry> entries, Optional<EventId> expected, boolean keyed) {
        private static final Instant ORIGIN = Instant.parse("2020-01-01T00:00:00Z");

        public Append {
            entries = List.copyOf(entries);
        }

        public Append(UUID id, Instant at, List<Entry> entries) {
            this(id, at, entries, Optional.empty(), false);
        }

        /** What an unknown session starts at: the microseconds since 2020, which JavaScript's numbers hold until 2305. */
        public long firstOffset() {
            return Math.max(1, ORIGIN.until(at, ChronoUnit.MICROS));
        }

        /**
         * Checks what was {@link #expected}.
         *
         * @throws SessionConflictException if the session's last event is another
         */
        public void requireExpected(EventId last) {
            if (expected.isPresent() && !expected.get().matches(last)) {
                throw new SessionConflictException(entries.getFirst().session(), expected.get(), last);
            }
        }
    }

    /** An event to append. The payload must not be changed any more; headers are a JSON object, or empty for none. */
    final class Entry {
        private final String session;
        private final String headers;
        private final byte[] payload;

        public Entry(String session, String headers, byte[] payload) {
            this.session = session;
            this.headers = headers;
            this.payload = payload;
        }

        public String session() {
            return session;
        }

        public String headers() {
            return headers;
        }

        public byte[] payload() {
            return payload;
        }
    }

    /**
     * Where an event was put.
     *
     * @param previous the batch of the event before it in its session; {@link EventId#UNKNOWN} if there is none, or it is not known
     */
    record Place(long offset, Instant at, UUID previous) {}

    /**
     * An event as it is kept. The payload must not be changed.
     *
     * <p>One object: stores in memory hold millions of them, which the garbage collector copies, so its identity and time are kept as
     * numbers.
     */
    final class Stored {
        private final long offset;
        private final long batchHigh;
        private final long batchLow;
        private final long second;
        private final int nano;
        private final String headers;
        private final byte[] payload;

        public Stored(long offset, UUID batch, Instant at, String headers, byte[] payload) {
            this.offset = offset;
            this.batchHigh = batch.getMostSignificantBits();
            this.batchLow = batch.getLeastSignificantBits();
            this.second = at.getEpochSecond();
            this.nano = at.getNano();
            this.headers = headers;
            this.payload = payload;
        }

        public long offset() {
            return offset;
        }

        public UUID batch() {
            return new UUID(batchHigh, batchLow);
        }

        public EventId id() {
            return new EventId(offset, batch());
        }

        public Instant at() {
            return Instant.ofEpochSecond(second, nano);
        }

        public String headers() {
            return headers;
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
     * @param last the last event that it took; {@link EventId#NONE} if the session is unknown
     */
    record Slice(List<Stored> events, long begin, EventId last) {
        /** Of a session that the store does not know. */
        public static final Slice UNKNOWN = new Slice(List.of(), 0, EventId.NONE);

        public Slice {
            events = List.copyOf(events);
        }

        boolean isKnown() {
            return last.offset() > 0;
        }
    }

    /** What {@link Notifications} tell, on any thread. It returns soon and does not throw. */
    interface ChangeListener {
        /** Events were appended and can be read; {@code last} is the last offset, or one before it. */
        void changed(String session, long last);

        /**
         * The same, where the store has the events in hand: consecutive ones of one session.
         *
         * @param previous the batch of the event before them, as in {@link Place}
         */
        default void appended(String session, UUID previous, List<Stored> events) {
            changed(session, events.getLast().offset());
        }

        /** Events were appended, in sessions that cannot be named. */
        void changedSomewhere();
    }

    /** A connection that waits for what is appended. Used by one thread. */
    interface Notifications extends AutoCloseable {
        /**
         * Waits for so long at most, while the listener is told.
         *
         * @throws SessionUnavailableException if the connection failed
         */
        void await(Duration within) throws InterruptedException;

        /**
         * Makes sure that the other side is still there, which nobody may tell if it vanished.
         *
         * @throws SessionUnavailableException if it did not answer in time
         */
        void check() throws InterruptedException;

        /** Tells nothing more once it returns, except what another thread is telling at this moment. Idempotent. */
        @Override
        void close();
    }

    /** A group of one session. Neither name has blanks. */
    record GroupKey(String session, String group) {}

    /** A group's state in the bus's own encoding, at most 1 MiB. Each version is a new random number, never {@link #ABSENT}. */
    final class GroupDocument {
        public static final long ABSENT = 0;

        private final long version;
        private final byte[] state;

        public GroupDocument(long version, byte[] state) {
            this.version = version;
            this.state = state;
        }

        public long version() {
            return version;
        }

        public byte[] state() {
            return state;
        }
    }
}
