package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Slice;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A bus on any store. */
final class StoreBus<T> implements SessionBus<T> {
    private static final int MOST_READ = 1_000;
    /** So that senders who write to memory themselves seldom meet. */
    private static final int IMMEDIATE_WRITERS = 64;

    private final SessionStore store;
    private final Coding<T> coding;
    private final BusOptions options;
    private final Told told;
    private final Switchboard switchboard = new Switchboard();
    private final Reader reader;
    private final Keeper keeper;
    private final Writer[] writers;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    StoreBus(SessionStore store, Codec<T> codec, BusOptions options, BusListener listener) {
        this.store = store;
        this.coding = new Coding<>(codec, options.maxPayload());
        this.options = options;
        this.told = new Told(listener, store.clock());
        this.reader = new Reader(store);
        this.keeper = new Keeper(store, switchboard, options, told);
        this.writers = Stream.generate(() -> new Writer(store, switchboard, options, told))
                .limit(store.isImmediate() ? IMMEDIATE_WRITERS : options.writers())
                .toArray(Writer[]::new);
        keeper.start();
    }

    @Override
    public long send(String session, T event) {
        try {
            return sendAsync(session, event).join();
        } catch (CompletionException e) {
            throw rethrown(e.getCause());
        }
    }

    /** A new exception, whose stack shows who sent; the cause is shared by all of the batch. */
    private static RuntimeException rethrown(@Nullable Throwable cause) {
        return switch (cause) {
            case SessionUnavailableException e ->
                new SessionUnavailableException("the event may or may not have been sent: " + e.getMessage(), e);
            case SessionBusException e -> new SessionBusException(String.valueOf(e.getMessage()), e);
            case null, default -> new SessionBusException("the event could not be sent: " + cause, cause);
        };
    }

    @Override
    public CompletableFuture<Long> sendAsync(String session, T event) {
        requireOpen();
        Entry entry = coding.encode(Limits.session(session), event);
        return writers[Math.floorMod(session.hashCode(), writers.length)].send(entry);
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
        Feed feed = new Feed(session, reader, options.buffer(), () -> told.tell(it -> it.fellBehind(session)));
        Follower<T> follower = new Follower<>(session, subscriber, coding, feed, told);
        open.add(follower);
        switchboard.add(session, feed);
        told.tell(BusListener::subscribed);
        Thread.ofVirtual().name("signalbox-session-subscriber").start(() -> {
            follower.run(() -> {
                keeper.awaitTail();
                return Position.of(reader, session, from);
            });
            switchboard.remove(session, feed);
            open.remove(follower);
            told.tell(BusListener::unsubscribed);
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
        Slice slice = store.read(List.of(new Cursor(session, position.after())), limit)
                .getFirst();
        return page(session, position, slice);
    }

    private Page<T> page(String session, Position position, Slice slice) {
        List<Event<T>> events = slice.events().stream()
                .map(stored -> coding.decode(session, stored))
                .toList();
        long expected = slice.last() > 0 ? position.expected(slice) : 0;
        boolean whole = expected == 0 || expected == slice.first();
        return new Page<>(
                events,
                whole ? Optional.empty() : Optional.of(new Gap(session, expected, slice.first())),
                slice.last() > 0 ? slice.end() : position.after(),
                slice.last());
    }

    @Override
    public Member<T> join(String session, String group, GroupOptions groupOptions) {
        requireOpen();
        GroupKey key = new GroupKey(Limits.session(session), Limits.group(group));
        var member =
                new GroupMember<>(store, reader, key, groupOptions, coding, told, keeper, options.sweep(), this::leave);
        open.add(member);
        switchboard.add(session, member);
        told.tell(BusListener::subscribed);
        if (closed.get()) {
            member.close();
        }
        return member;
    }

    private void leave(GroupMember<T> member) {
        open.remove(member);
        switchboard.remove(member.session(), member);
        told.tell(BusListener::unsubscribed);
    }

    @Override
    public int subscribers() {
        return switchboard.watchers();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        for (Writer writer : writers) {
            writer.close();
        }
        open.forEach(Quietly::close);
        keeper.close();
        store.close();
    }
}
