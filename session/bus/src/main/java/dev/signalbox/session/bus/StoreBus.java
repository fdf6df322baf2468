package dev.signalbox.session.bus;

import dev.signalbox.session.bus.BusMonitor.Work;
import dev.signalbox.session.bus.Position.Step;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bus on any store. */
final class StoreBus<T> implements SessionBus<T> {
    private static final Logger LOG = LoggerFactory.getLogger(StoreBus.class);
    private static final int MOST_READ = 1_000;
    /** So that senders who write to memory themselves seldom meet. */
    private static final int IMMEDIATE_WRITERS = 64;
    /** How often to look for new events, at least, while the store does not tell of them. */
    private static final Duration SWEEP_WITHOUT_TAIL = Duration.ofSeconds(1);

    private final SessionStore store;
    private final EventCodec<T> codec;
    private final BusOptions options;
    private final BusMonitor monitor;
    private final WatcherRegistry watchers = new WatcherRegistry();
    private final Reader reader;
    private final Tail tail;
    private final Periodic sweeper;
    private final Periodic trimmer;
    private final Writer[] writers;
    private final GroupMember.Shared<T> shared;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    StoreBus(SessionStore store, Codec<T> codec, BusOptions options, BusListener listener) {
        this.store = store;
        this.codec = new EventCodec<>(codec, options.maxPayload());
        this.options = options;
        this.monitor = new BusMonitor(listener, store.clock());
        this.reader = new Reader(store);
        this.sweeper =
                new Periodic(Work.SWEEP, this::sweepEvery, new Sweeper(store, watchers, monitor)::sweep, monitor);
        this.tail = new Tail(store, new Changes(), options.liveness(), monitor, sweeper::wake);
        this.trimmer = new Periodic(Work.TRIM, options::trim, this::trim, monitor);
        this.writers = Stream.generate(() -> new Writer(store, watchers, options, monitor))
                .limit(store.isImmediate() ? IMMEDIATE_WRITERS : options.writers())
                .toArray(Writer[]::new);
        this.shared = new GroupMember.Shared<>(
                new Groups(store, options.patience(), monitor),
                reader,
                store.clock(),
                this.codec,
                monitor,
                tail,
                options.sweep());
        sweeper.start();
        trimmer.start();
    }

    /** What the store tells goes to those who watch. */
    private final class Changes implements SessionStore.ChangeListener {
        @Override
        public void changed(String session, long last) {
            watchers.changed(session, last);
        }

        @Override
        public void appended(String session, UUID previous, List<Stored> events) {
            watchers.appended(session, previous, events);
        }

        @Override
        public void changedSomewhere() {
            sweeper.wake();
        }
    }

    private Duration sweepEvery() {
        boolean often = tail.isDown() && options.sweep().compareTo(SWEEP_WITHOUT_TAIL) > 0;
        return often ? SWEEP_WITHOUT_TAIL : options.sweep();
    }

    private void trim() {
        for (long removed = trimOnce(); removed > 0 && !trimmer.isClosed(); removed = trimOnce()) {
            long events = removed;
            monitor.tell(it -> it.trimmed(events));
        }
    }

    private long trimOnce() {
        return store.trim(store.clock().instant());
    }

    @Override
    public long send(String session, T event, SendOptions sendOptions) {
        try {
            return sendAsync(session, event, sendOptions).join();
        } catch (CompletionException e) {
            throw rethrown(e.getCause());
        }
    }

    /** A new exception, whose stack shows who sent; the cause is shared by all of the batch. */
    private static RuntimeException rethrown(@Nullable Throwable cause) {
        return switch (cause) {
            case SessionUnavailableException e ->
                new SessionUnavailableException("the event may or may not have been sent: " + e.getMessage(), e);
            case SessionConflictException e -> e; // It has a batch of its own.
            case SessionBusException e -> new SessionBusException(String.valueOf(e.getMessage()), e);
            case null, default -> new SessionBusException("the event could not be sent: " + cause, cause);
        };
    }

    @Override
    public CompletableFuture<Long> sendAsync(String session, T event, SendOptions sendOptions) {
        requireOpen();
        Entry entry = codec.encode(Limits.session(session), event, sendOptions.headers());
        return writers[Math.floorMod(session.hashCode(), writers.length)].send(entry, sendOptions);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new SessionClosedException();
        }
    }

    @Override
    public Subscription subscribe(String session, From from, Subscriber<T> subscriber) {
        requireOpen();
        Limits.session(session);
        Feed feed = new Feed(session, reader, options.buffer(), () -> monitor.tell(it -> it.fellBehind(session)));
        Follower<T> follower = new Follower<>(session, subscriber, codec, feed, monitor);
        open.add(follower);
        watchers.add(session, feed);
        monitor.tell(BusListener::subscribed);
        Thread.ofVirtual().name("signalbox-session-subscriber").start(() -> {
            follower.run(() -> {
                tail.awaitSettled();
                return Position.of(reader, session, from);
            });
            watchers.remove(session, feed);
            open.remove(follower);
            monitor.tell(BusListener::unsubscribed);
        });
        if (closed.get()) {
            follower.close();
        }
        return follower;
    }

    @Override
    public Page<T> read(String session, From from, int limit) {
        requireOpen();
        Limits.range("limit", limit, 1, MOST_READ);
        Position position = Position.of(reader, Limits.session(session), from);
        Optional<Step> forward = position.advance(session, cursor -> readOne(cursor, limit));
        if (forward.isPresent()) {
            return page(session, forward.get(), forward.get().gap(session), limit);
        }
        Step step = Position.OLDEST
                .advance(session, cursor -> readOne(cursor, limit))
                .orElseThrow();
        Gap gap = new Gap(session, position.after().offset() + 1, step.first());
        return page(session, step, Optional.of(gap), limit);
    }

    private Slice readOne(Cursor cursor, int limit) {
        return store.read(List.of(cursor), limit + 1).getFirst();
    }

    private Page<T> page(String session, Step step, Optional<Gap> gap, int limit) {
        List<Event<T>> events = step.events().stream()
                .limit(limit)
                .map(stored -> codec.decode(session, stored))
                .toList();
        EventId next =
                events.isEmpty() ? step.position().after() : events.getLast().id();
        return new Page<>(events, gap, next, step.last().offset());
    }

    @Override
    public Member<T> join(String session, String group, GroupOptions groupOptions) {
        requireOpen();
        GroupKey key = new GroupKey(Limits.session(session), Limits.group(group));
        GroupMember<T> member = new GroupMember<>(shared, key, groupOptions, this::leave);
        open.add(member);
        watchers.add(session, member);
        monitor.tell(BusListener::subscribed);
        if (closed.get()) {
            member.close();
        }
        return member;
    }

    private void leave(GroupMember<T> member) {
        open.remove(member);
        watchers.remove(member.session(), member);
        monitor.tell(BusListener::unsubscribed);
    }

    @Override
    public List<String> sessions(String after, int limit) {
        requireOpen();
        Limits.range("limit", limit, 1, MOST_READ);
        return store.sessions(after.isEmpty() ? after : Limits.session(after), limit);
    }

    @Override
    public void delete(String session) {
        requireOpen();
        store.delete(Limits.session(session));
    }

    @Override
    public BusHealth health() {
        return monitor.health();
    }

    @Override
    public int subscribers() {
        return watchers.watchers();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        for (Writer writer : writers) {
            writer.close();
        }
        open.forEach(StoreBus::closeQuietly);
        tail.close();
        sweeper.close();
        trimmer.close();
        store.close();
    }

    /** The end of one must not keep others from ending. */
    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.warn("a part of the session bus failed when it was closed: {}", e.toString());
        }
    }
}
