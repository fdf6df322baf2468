package dev.signalbox.session.bus;

import dev.signalbox.session.bus.Groups.Taken;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A member of a group. It works on its caller's threads; what becomes known of the session wakes them. */
final class GroupMember<T> implements Member<T>, Watcher {
    private static final int MOST = 1_000;

    /** What the members of a bus share. */
    record Shared<T>(
            Groups groups,
            Reader reader,
            InstantSource clock,
            EventCodec<T> codec,
            BusMonitor monitor,
            Tail tail,
            Duration sweep) {}

    private final Shared<T> bus;
    private final GroupKey key;
    private final GroupOptions options;
    private final Duration poll;
    private final Consumer<? super GroupMember<T>> ended;
    /** What was taken and not finished, with the end of the lease: what {@link #close} gives back. */
    private final Map<Claim, Instant> held = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    /** Held while the store is asked, as the other lock never is: what wakes a member may be the thread that brings the answer. */
    private final ReentrantLock starting = new ReentrantLock();

    private @Nullable EventId start;
    private boolean woken;
    private boolean closed;

    GroupMember(Shared<T> bus, GroupKey key, GroupOptions options, Consumer<? super GroupMember<T>> ended) {
        this.bus = bus;
        this.key = key;
        this.options = options;
        Duration half = options.lease().dividedBy(2);
        this.poll = half.compareTo(bus.sweep()) < 0 ? half : bus.sweep();
        this.ended = ended;
    }

    @Override
    public List<Claimed<T>> take(int most, Duration within) throws InterruptedException {
        Limits.range("most", most, 1, MOST);
        long deadline = System.nanoTime() + within.toNanos();
        requireOpen();
        bus.tail().awaitSettled();
        EventId from = start();
        do {
            List<Claimed<T>> taken = takeNow(most, from);
            if (!taken.isEmpty()) {
                return taken;
            }
        } while (awaitNews(deadline));
        return List.of();
    }

    private EventId start() {
        starting.lock();
        try {
            if (start == null) {
                start = Position.of(bus.reader(), key.session(), options.start())
                        .after();
            }
            return start;
        } finally {
            starting.unlock();
        }
    }

    private List<Claimed<T>> takeNow(int most, EventId from) {
        requireOpen();
        Instant now = bus.clock().instant();
        Instant until = now.plus(options.lease());
        held.values().removeIf(end -> end.isBefore(now));
        List<Taken> events = bus.groups().take(key, new Groups.Request(from, most, options.maxAttempts(), now, until));
        List<Claimed<T>> taken = new ArrayList<>(events.size());
        for (Taken event : events) {
            held.put(event.claim(), until);
            event.gap().ifPresent(bus.monitor()::gap);
            bus.monitor().tell(it -> it.claimed(event.attempt()));
            taken.add(new Work(event));
        }
        return taken;
    }

    private void requireOpen() {
        lock.lock();
        try {
            if (closed) {
                throw new SessionClosedException();
            }
            woken = false;
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
            while (!closed && !woken && nanos > 0) {
                nanos = news.awaitNanos(nanos);
            }
            return left > 0;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            woken = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void appended(UUID previous, List<Stored> events) {
        wake();
    }

    @Override
    public void changed(long last) {
        wake();
    }

    /** It looks by itself. */
    @Override
    public boolean swept(EventId last) {
        return false;
    }

    @Override
    public List<Claimed<T>> acknowledge(Collection<Claimed<T>> done) {
        Set<Claim> acknowledged =
                new HashSet<>(end(done.stream().map(GroupMember::claim).toList(), GroupState::acknowledge));
        List<Claimed<T>> refused =
                done.stream().filter(one -> !acknowledged.contains(claim(one))).toList();
        if (!refused.isEmpty()) {
            bus.monitor().tell(it -> it.fenced(refused.size()));
        }
        return refused;
    }

    private static Claim claim(Claimed<?> claimed) {
        return new Claim(claimed.id(), claimed.attempt());
    }

    /** Gives claims up in one way or another; those for which that was possible. */
    private List<Claim> end(List<Claim> claims, BiPredicate<GroupState, Claim> step) {
        List<Claim> done = claims.isEmpty() ? List.of() : bus.groups().change(key, claims, step);
        claims.forEach(held::remove);
        return done;
    }

    private boolean renew(Claim claim) {
        Instant until = bus.clock().instant().plus(options.lease());
        boolean renewed = !bus.groups()
                .change(key, List.of(claim), (state, one) -> state.renew(one, until))
                .isEmpty();
        if (renewed) {
            held.put(claim, until);
        } else {
            held.remove(claim);
        }
        return renewed;
    }

    @Override
    public List<DeadLetter> deadLetters() {
        return bus.groups().deadLetters(key);
    }

    @Override
    public boolean retry(DeadLetter letter) {
        return change(letter, GroupState::retry);
    }

    @Override
    public boolean discard(DeadLetter letter) {
        return change(letter, GroupState::discard);
    }

    private boolean change(DeadLetter letter, BiPredicate<GroupState, Claim> step) {
        Claim claim = new Claim(letter.event(), letter.attempts());
        return !bus.groups().change(key, List.of(claim), step).isEmpty();
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
        end(List.copyOf(held.keySet()), GroupState::release);
    }

    /** An event in hand. */
    private final class Work implements Claimed<T> {
        private final Taken taken;

        Work(Taken taken) {
            this.taken = taken;
        }

        @Override
        public Event<T> event() {
            return bus.codec().decode(key.session(), taken.event());
        }

        @Override
        public EventId id() {
            return taken.event().id();
        }

        @Override
        public int attempt() {
            return taken.attempt();
        }

        @Override
        public Optional<Gap> gap() {
            return taken.gap();
        }

        @Override
        public boolean acknowledge() {
            return GroupMember.this.acknowledge(List.of(this)).isEmpty();
        }

        @Override
        public boolean renew() {
            return GroupMember.this.renew(taken.claim());
        }

        @Override
        public boolean release() {
            return !end(List.of(taken.claim()), GroupState::release).isEmpty();
        }

        @Override
        public boolean reject() {
            boolean rejected = !end(List.of(taken.claim()), GroupState::reject).isEmpty();
            if (rejected) {
                bus.monitor().tell(it -> it.deadLettered(1));
            }
            return rejected;
        }
    }
}
