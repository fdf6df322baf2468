package dev.signalbox.testing.contract;

import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    public Map<String, Long> last(Collection<String> sessions) {
        return reached().last(sessions);
    }

    @Override
    public long before(String session, Instant since) {
        return reached().before(session, since);
    }

    @Override
    public Tail tail(TailListener listener) {
        return store.tail(
                switch (tails) {
                    case DEAF -> new Deaf(listener);
                    case CONFUSED -> new Confused(listener);
                });
    }

    @Override
    public Claims claim(ClaimRequest request) {
        return reached().claim(request);
    }

    @Override
    public Set<Long> acknowledge(GroupKey group, Collection<Claim> claims) {
        return reached().acknowledge(group, claims);
    }

    @Override
    public void release(GroupKey group, Collection<Claim> claims) {
        reached().release(group, claims);
    }

    @Override
    public long trim(Instant now) {
        return reached().trim(now);
    }

    @Override
    public void close() {
        store.close();
    }

    private record Deaf(TailListener listener) implements TailListener {
        @Override
        public void up() {
            listener.up();
        }

        @Override
        public void down(Throwable cause) {
            listener.down(cause);
        }

        @Override
        public void changed(String session, long last) {
            // That is what it is to be deaf.
        }

        @Override
        public void changedSomewhere() {
            // Likewise.
        }
    }

    private record Confused(TailListener listener) implements TailListener {
        @Override
        public void up() {
            listener.up();
        }

        @Override
        public void down(Throwable cause) {
            listener.down(cause);
        }

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
