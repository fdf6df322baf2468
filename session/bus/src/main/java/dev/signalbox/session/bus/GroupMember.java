package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Claim;
import dev.signalbox.session.bus.SessionStore.ClaimRequest;
import dev.signalbox.session.bus.SessionStore.Claims;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A member of a group. It works on its caller's threads; what becomes known of the session wakes them. */
final class GroupMember<T> implements Member<T>, Watcher {
    private static final int MOST = 1_000;

    private final SessionStore store;
    private final Reader reader;
    private final GroupKey key;
    private final GroupOptions options;
    private final Coding<T> coding;
    private final Told told;
    private final Keeper keeper;
    private final Duration poll;
    private final Consumer<? super GroupMember<T>> ended;
    /** What was taken and not finished, with the end of the lease: what {@link #close} gives back. */
    private final Map<Claim, Instant> held = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    /** Held while the store is asked, as the other lock never is: what wakes a member may be the thread that brings the answer. */
    private final ReentrantLock starting = new ReentrantLock();

    private @Nullable Position start;
    private boolean rung;
    private boolean closed;

    /** @param sweep how often to look for what nobody told of */
    GroupMember(
            SessionStore store,
            Reader reader,
            GroupKey key,
            GroupOptions options,
            Coding<T> coding,
            Told told,
            Keeper keeper,
            Duration sweep,
            Consumer<? super GroupMember<T>> ended) {
        this.store = store;
        this.reader = reader;
        this.key = key;
        this.options = options;
        this.coding = coding;
        this.told = told;
        this.keeper = keeper;
        Duration half = options.lease().dividedBy(2);
        this.poll = half.compareTo(sweep) < 0 ? half : sweep;
        this.ended = ended;
    }

    @Override
    public List<Claimed<T>> take(int most, Duration within) throws InterruptedException {
        Limits.range("most", most, 1, MOST);
        long deadline = System.nanoTime() + within.toNanos();
        requireOpen();
        keeper.awaitTail();
        Position from = start();
        do {
            List<Claimed<T>> taken = takeNow(most, from);
            if (!taken.isEmpty()) {
                return taken;
            }
        } while (awaitNews(deadline));
        return List.of();
    }

    private Position start() {
        starting.lock();
        try {
            if (start == null) {
                start = Position.of(reader, key.session(), options.start());
            }
            return start;
        } finally {
            starting.unlock();
        }
    }

    private List<Claimed<T>> takeNow(int most, Position from) {
        requireOpen();
        Instant now = store.clock().instant();
        Instant until = now.plus(options.lease());
        held.values().removeIf(end -> end.isBefore(now));
        Claims claims = store.claim(new ClaimRequest(key, from.after(), most, now, until));
        List<Claimed<T>> taken = new ArrayList<>(claims.claimed().size());
        long expected = claims.position() == 0 ? 0 : claims.position() + 1;
        for (SessionStore.Claimed claimed : claims.claimed()) {
            Work work = new Work(claimed.event(), claimed.attempt(), gap(claimed, expected));
            expected = claimed.attempt() == 1 ? claimed.event().offset() + 1 : expected;
            held.put(work.claim(), until);
            work.gap().ifPresent(told::gap);
            told.tell(it -> it.claimed(claimed.attempt()));
            taken.add(work);
        }
        return taken;
    }

    private Optional<Gap> gap(SessionStore.Claimed claimed, long expected) {
        long offset = claimed.event().offset();
        boolean missing = claimed.attempt() == 1 && expected > 0 && offset != expected;
        return missing ? Optional.of(new Gap(key.session(), expected, offset)) : Optional.empty();
    }

    private void requireOpen() {
        lock.lock();
        try {
            if (closed) {
                throw new SessionClosedException();
            }
            rung = false;
        } finally {
            lock.unlock();
        }
    }

    /** False if the time is up. */
    private boolean awaitNews(long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = deadline - System.nanoTime();
            long nanos = Math.min(left, poll.toNanos());
            while (!closed && !rung && nanos > 0) {
                nanos = news.awaitNanos(nanos);
            }
            return left > 0;
        } finally {
            lock.unlock();
        }
    }

    private void ring() {
        lock.lock();
        try {
            rung = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void appended(List<Stored> events) {
        ring();
    }

    @Override
    public void changed(long last) {
        ring();
    }

    /** It looks by itself. */
    @Override
    public boolean swept(long last) {
        return false;
    }

    @Override
    public List<Claimed<T>> acknowledge(Collection<Claimed<T>> done) {
        if (done.isEmpty()) {
            return List.of();
        }
        List<Claim> claims = done.stream().map(GroupMember::claim).toList();
        Set<Long> ended = store.acknowledge(key, claims);
        claims.forEach(held::remove);
        List<Claimed<T>> refused =
                done.stream().filter(one -> !ended.contains(one.offset())).toList();
        if (!refused.isEmpty()) {
            told.tell(it -> it.fenced(refused.size()));
        }
        return refused;
    }

    private static Claim claim(Claimed<?> claimed) {
        return new Claim(claimed.offset(), claimed.attempt());
    }

    private void release(Collection<Claim> claims) {
        store.release(key, claims);
        claims.forEach(held::remove);
    }

    @Override
    public String session() {
        return key.session();
    }

    @Override
    public String group() {
        return key.group();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        ended.accept(this);
        if (!held.isEmpty()) {
            release(List.copyOf(held.keySet()));
        }
    }

    /** An event in hand. */
    private final class Work implements Claimed<T> {
        private final Stored stored;
        private final int attempt;
        private final Optional<Gap> gap;

        Work(Stored stored, int attempt, Optional<Gap> gap) {
            this.stored = stored;
            this.attempt = attempt;
            this.gap = gap;
        }

        Claim claim() {
            return new Claim(stored.offset(), attempt);
        }

        @Override
        public Event<T> event() {
            return coding.decode(key.session(), stored);
        }

        @Override
        public long offset() {
            return stored.offset();
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public Optional<Gap> gap() {
            return gap;
        }

        @Override
        public boolean acknowledge() {
            return GroupMember.this.acknowledge(List.of(this)).isEmpty();
        }

        @Override
        public void release() {
            GroupMember.this.release(List.of(claim()));
        }
    }
}
