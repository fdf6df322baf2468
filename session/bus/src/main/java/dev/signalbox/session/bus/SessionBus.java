package dev.signalbox.session.bus;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sessions: ordered streams of events that any process can append to, follow from any point, and share work on. Thread-safe.
 *
 * <p>A session begins with its first event and needs no other declaration. Its name has 1 to 200 visible characters. Its
 * events are numbered without holes; a hole is always told, as a {@link Gap}.
 *
 * <p>However many sessions are followed, the store is watched once. Failures of the store are {@link SessionBusException}s.
 */
public interface SessionBus<T> extends AutoCloseable {

    /** A bus in this process, which is forgotten with it. */
    static <T> SessionBus<T> inMemory(Class<T> type, Retention retention) {
        return builder(SessionStore.inMemory(retention), Codec.json(type)).build();
    }

    /** Begins the making of a bus on a store, which it will close. */
    static <T> Builder<T> builder(SessionStore store, Codec<T> codec) {
        return new Builder<>(store, codec);
    }

    /**
     * Appends an event and returns its offset once it is as durable as the store makes it. Events that one thread sends to a
     * session keep their order, except around one that was not sent.
     *
     * <p>A batch whose outcome is unknown, since the connection broke during the commit, is repeated under its id, so that it is
     * not appended twice. Only when even that fails for {@link BusOptions#patience} is this left to the caller.
     *
     * @throws IllegalArgumentException if the session's name or the event's size is not allowed
     * @throws SessionCodecException if the event cannot be encoded
     * @throws SessionOverloadedException if too much waits already; it was not sent
     * @throws SessionUnavailableException if the store could not be reached; it may or may not have been sent
     */
    default long send(String session, T event) {
        return send(session, event, SendOptions.DEFAULT);
    }

    /**
     * The same with headers, a key, or a condition. An event with one of the latter two is a batch of its own, which takes longer.
     *
     * @throws SessionConflictException if the session does not end where {@link SendOptions#expected} says; it was not sent
     */
    long send(String session, T event, SendOptions options);

    /**
     * The same without waiting for the store, so that many sends share a transaction; they keep the order of the calls. Waits only
     * where too much waits already. What depends on the result may block, send and close the bus. Fails with what {@link #send} throws.
     *
     * @throws IllegalArgumentException if the session's name or the event's size is not allowed
     * @throws SessionCodecException if the event cannot be encoded
     */
    default CompletableFuture<Long> sendAsync(String session, T event) {
        return sendAsync(session, event, SendOptions.DEFAULT);
    }

    /** The same with headers, a key, or a condition. */
    CompletableFuture<Long> sendAsync(String session, T event, SendOptions options);

    /**
     * Tells a subscriber of the events of a session from some point on: first those that are there, then those that come, in
     * order, each once. Store and connection may fail in between; it goes on when they are back.
     */
    Subscription subscribe(String session, From from, Subscriber<T> subscriber);

    /**
     * Reads a stretch; empty if there is nothing.
     *
     * @param limit 1 to 1,000
     * @throws SessionCodecException if an event cannot be decoded
     * @throws SessionUnavailableException if the store cannot be reached
     */
    Page<T> read(String session, From from, int limit);

    /**
     * Joins a group of a session, which comes to be with its first member's first {@link Member#take}.
     *
     * @param group 1 to 100 visible characters
     */
    Member<T> join(String session, String group, GroupOptions options);

    /**
     * The names of sessions, in an order of the store's own.
     *
     * @param after the last name of the page before; the empty text for the first page
     * @param limit 1 to 1,000
     * @throws SessionUnavailableException if the store cannot be reached
     */
    List<String> sessions(String after, int limit);

    /**
     * Removes a session for good, with its events and groups; nothing happens if it is unknown. If events come to it later, it begins
     * anew with greater offsets, and subscribers who saw some before are told a {@link Gap}.
     *
     * @throws SessionUnavailableException if the store cannot be reached; some of the oldest events may be removed then
     */
    void delete(String session);

    /** How the bus is, by the last outcome of each kind of its work. Asks nobody, and returns at once. */
    BusHealth health();

    /** How many subscriptions and members there are. */
    int subscribers();

    /**
     * Refuses what is sent from now on, lets what was sent finish within {@link BusOptions#patience}, ends all subscriptions and members,
     * and closes the store. May be called from anywhere but a {@link BusListener}. Idempotent.
     */
    @Override
    void close();

    /** Collects what a bus needs. Not thread-safe. */
    final class Builder<T> {
        private final SessionStore store;
        private final Codec<T> codec;
        private BusOptions options = BusOptions.DEFAULT;
        private BusListener listener = BusListener.NONE;

        private Builder(SessionStore store, Codec<T> codec) {
            this.store = store;
            this.codec = codec;
        }

        public Builder<T> options(BusOptions newOptions) {
            options = newOptions;
            return this;
        }

        public Builder<T> listener(BusListener newListener) {
            listener = newListener;
            return this;
        }

        public SessionBus<T> build() {
            return new StoreBus<>(store, codec, options, listener);
        }
    }
}
