package dev.signalbox.session.bus;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.session.bus.SessionStore.Entry;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/** An event on its way into the store. It is settled once: by its batch, or because its sender's patience ended. Thread-safe. */
final class Outgoing {
    private enum State {
        WAITING,
        /** In a batch that is being written, so what becomes of it is open. */
        IN_BATCH,
        SETTLED
    }

    private static final AtomicReferenceFieldUpdater<Outgoing, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(Outgoing.class, State.class, "state");

    private final Entry entry;
    private final SendOptions options;
    private final long deadlineNanos;
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private volatile State state = State.WAITING;

    Outgoing(Entry entry, SendOptions options, long deadlineNanos) {
        this.entry = entry;
        this.options = options;
        this.deadlineNanos = deadlineNanos;
    }

    Entry entry() {
        return entry;
    }

    SendOptions options() {
        return options;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    CompletableFuture<Long> done() {
        return done;
    }

    boolean isAlone() {
        return options.isAlone();
    }

    /** The id of its batch, if the caller's key decides on it. */
    Optional<UUID> keyedId() {
        return options.key().map(key -> hash(entry.session() + "\n" + key));
    }

    private static UUID hash(String text) {
        try {
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Returns false if it is settled already. */
    boolean putIntoBatch() {
        return STATE.compareAndSet(this, State.WAITING, State.IN_BATCH);
    }

    /** Returns true once. The caller that gets it completes {@link #done}. */
    boolean settle() {
        return state != State.SETTLED && STATE.getAndSet(this, State.SETTLED) != State.SETTLED;
    }

    /** The failure to complete {@link #done} with; empty if it is settled already. */
    Optional<SessionUnavailableException> expire() {
        return switch (STATE.getAndSet(this, State.SETTLED)) {
            case SETTLED -> Optional.empty();
            case WAITING ->
                Optional.of(new SessionUnavailableException(
                        "the event was not sent: those before it could not be appended in time", null));
            case IN_BATCH ->
                Optional.of(new SessionUnavailableException(
                        "the event may or may not have been sent: the store did not take it in time", null));
        };
    }
}
