package dev.signalbox.testing.contract;

import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose tail tells nothing, or nonsense that is still allowed, and that can be away. Thread-safe. */
public final class DisturbedStore implements SessionStore {
    /** What the tail does. */
    public enum Tails {
        DEAF,
        CONFUSED
    }

    private final SessionStore store;
    private final Tails tails;
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile boolean away;

    public DisturbedStore(SessionStore store, Tails tails) {
        this.store = store;
        this.tails = tails;
    }

    /** While it is away, every call fails. */
    public void setAway(boolean newAway) {
        away = newAway;
    }

    /** How many calls failed since it is away. */
    public int refusals() {
        return refusals.get();
    }

    private SessionStore reached() {
        if (away) {
            refusals.incrementAndGet();
            throw new SessionUnavailableException("away, as the test wants it", null);
        }
        return store;
    }

    @Override
    public InstantSource clock() {
        return store.clock();
    }

    @Override
    public List<Place> append(Append batch) {
        return reached().append(batch);
    }

    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
        return reached().read(cursors, limit);
    }

    @Override
    public Map<String, EventId> heads(Collection<String> sessions) {
        return reached().heads(sessions);
    }

    @Override
    public List<String> sessions(String after, int limit) {
        return reached().sessions(after, limit);
    }

    @Override
    public void delete(String session) {
        reached().delete(session);
    }

    @Override
    public Notifications listen(ChangeListener listener, Duration liveness) {
        ChangeListener disturbed = switch (tails) {
            case DEAF -> new Deaf();
            case CONFUSED -> new Confused(listener);
        };
        return store.listen(disturbed, liveness);
    }

    @Override
    public Optional<GroupDocument> group(GroupKey key) {
        return reached().group(key);
    }

    @Override
    public boolean replaceGroup(GroupKey key, long expected, GroupDocument document) {
        return reached().replaceGroup(key, expected, document);
    }

    @Override
    public long trim(Instant now) {
        return reached().trim(now);
    }

    @Override
    public void close() {
        store.close();
    }

    private record Deaf() implements ChangeListener {
        @Override
        public void changed(String session, long last) {
            // That is what it is to be deaf.
        }

        @Override
        public void changedSomewhere() {
            // Likewise.
        }
    }

    private record Confused(ChangeListener listener) implements ChangeListener {
        @Override
        public void changed(String session, long last) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            switch (random.nextInt(5)) {
                case 0 -> listener.changed(session, Math.max(1, last - random.nextInt(5)));
                case 1 -> {
                    listener.changed(session, last);
                    listener.changed(session, last);
                }
                case 2 -> Thread.ofVirtual().start(() -> listener.changed(session, last));
                case 3 -> listener.changedSomewhere();
                default -> listener.changed("of-no-interest", last);
            }
        }

        @Override
        public void changedSomewhere() {
            listener.changedSomewhere();
        }
    }
}
