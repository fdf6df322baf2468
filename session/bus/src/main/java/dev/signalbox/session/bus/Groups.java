package dev.signalbox.session.bus;

import dev.signalbox.session.bus.Position.Step;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.GroupDocument;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs groups on a store that can compare and set a document: the state is read, changed here, and written if nobody was faster.
 * Members of this process take turns, so only nodes compete. Thread-safe.
 */
final class Groups {
    private static final int STRIPES = 64;

    /** An event that was handed out. */
    record Taken(Stored event, int attempt, Optional<Gap> gap) {
        Claim claim() {
            return new Claim(event.id(), attempt);
        }
    }

    /** What a member wants. */
    record Request(EventId start, int most, OptionalInt maxAttempts, Instant now, Instant until) {}

    /** An answer, and the state to write for it, if it changed. */
    private record Change<R>(R answer, Optional<GroupState> state) {}

    private final SessionStore store;
    private final Duration patience;
    private final BusMonitor monitor;
    private final ReentrantLock[] locks =
            Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(ReentrantLock[]::new);

    Groups(SessionStore store, Duration patience, BusMonitor monitor) {
        this.store = store;
        this.patience = patience;
        this.monitor = monitor;
    }

    /** First what came back, the oldest first, then fresh events. */
    List<Taken> take(GroupKey key, Request request) {
        return change(key, known -> {
            if (known.isEmpty() && store.heads(List.of(key.session())).isEmpty()) {
                return new Change<>(List.of(), Optional.empty()); // So no group outlives its session.
            }
            return take(key, request, known.orElseGet(() -> new GroupState(request.start())), known.isEmpty());
        });
    }

    private Change<List<Taken>> take(GroupKey key, Request request, GroupState state, boolean isNew) {
        List<Claim> free = state.free(request.now(), request.most());
        List<Taken> taken = again(key.session(), request, state, free);
        int fresh = Math.min(request.most() - taken.size(), state.room());
        if (fresh > 0) {
            taken.addAll(fresh(key.session(), request, state, fresh));
        }
        boolean changed = isNew || !free.isEmpty() || !taken.isEmpty();
        return new Change<>(taken, changed ? Optional.of(state) : Optional.empty());
    }

    private List<Taken> again(String session, Request request, GroupState state, List<Claim> free) {
        List<Taken> taken = new ArrayList<>();
        List<Optional<Stored>> events = find(session, free);
        int dead = 0;
        for (int i = 0; i < free.size(); i++) {
            Claim claim = free.get(i);
            if (events.get(i).isEmpty()) {
                state.forget(claim); // Retention removed it, or the store lost it.
            } else if (claim.attempt() >= request.maxAttempts().orElse(Integer.MAX_VALUE)) {
                state.bury(claim);
                dead++;
            } else {
                Taken again = new Taken(events.get(i).get(), claim.attempt() + 1, Optional.empty());
                state.lease(again.claim(), request.until());
                taken.add(again);
            }
        }
        tellDead(dead);
        return taken;
    }

    private void tellDead(int events) {
        if (events > 0) {
            monitor.tell(it -> it.deadLettered(events));
        }
    }

    /** The same events, not others that have their offsets now. */
    private List<Optional<Stored>> find(String session, List<Claim> claims) {
        if (claims.isEmpty()) {
            return List.of();
        }
        List<Cursor> cursors = claims.stream()
                .map(claim -> new Cursor(session, claim.event().offset() - 1))
                .toList();
        List<Slice> slices = store.read(cursors, 1);
        List<Optional<Stored>> found = new ArrayList<>(claims.size());
        for (int i = 0; i < claims.size(); i++) {
            EventId id = claims.get(i).event();
            found.add(slices.get(i).events().stream()
                    .filter(event -> event.id().equals(id))
                    .findFirst());
        }
        return found;
    }

    private List<Taken> fresh(String session, Request request, GroupState state, int most) {
        Position position = state.position();
        Optional<Step> forward = position.advance(session, cursor -> readOne(cursor, most));
        Step step = forward.orElseGet(() -> fromOldest(session, most));
        Optional<Gap> gap = forward.isPresent()
                ? step.gap(session)
                : Optional.of(new Gap(session, position.after().offset() + 1, step.first()));
        List<Taken> taken = new ArrayList<>();
        for (Stored event :
                step.events().subList(0, Math.min(most, step.events().size()))) {
            Taken fresh = new Taken(event, 1, taken.isEmpty() ? gap : Optional.empty());
            state.lease(fresh.claim(), request.until());
            state.moveTo(event.id());
            taken.add(fresh);
        }
        return taken;
    }

    private Slice readOne(Cursor cursor, int most) {
        return store.read(List.of(cursor), most + 1).getFirst();
    }

    /** Where the store no longer has the history that the group worked on, all that is there may be new. */
    private Step fromOldest(String session, int most) {
        return Position.OLDEST
                .advance(session, cursor -> readOne(cursor, most))
                .orElseThrow(() -> new IllegalStateException("the oldest event has no predecessor to differ"));
    }

    /** Those of the claims for which the change was possible. */
    List<Claim> change(GroupKey key, List<Claim> claims, BiPredicate<GroupState, Claim> step) {
        return change(key, known -> {
            List<Claim> done = known.stream()
                    .flatMap(state -> claims.stream().filter(claim -> step.test(state, claim)))
                    .toList();
            return new Change<>(done, done.isEmpty() ? Optional.empty() : known);
        });
    }

    List<DeadLetter> deadLetters(GroupKey key) {
        List<Claim> dead = store.group(key)
                .map(document -> GroupState.decode(document.state()).dead())
                .orElse(List.of());
        return dead.stream()
                .map(claim -> new DeadLetter(claim.event(), claim.attempt()))
                .toList();
    }

    private <R> R change(GroupKey key, Function<Optional<GroupState>, Change<R>> step) {
        ReentrantLock lock = locks[Math.floorMod(key.hashCode(), STRIPES)];
        lock.lock();
        try {
            return changeAlone(key, step);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionUnavailableException("interrupted while others changed group " + key.group(), e);
        } finally {
            lock.unlock();
        }
    }

    private <R> R changeAlone(GroupKey key, Function<Optional<GroupState>, Change<R>> step)
            throws InterruptedException {
        Backoff backoff = new Backoff();
        long deadline = System.nanoTime() + patience.toNanos();
        do {
            Optional<GroupDocument> known = store.group(key);
            Change<R> change = step.apply(known.map(document -> GroupState.decode(document.state())));
            long version = known.map(GroupDocument::version).orElse(GroupDocument.ABSENT);
            if (change.state().map(state -> replace(key, version, state)).orElse(true)) {
                return change.answer();
            }
        } while (backoff.pauseUntil(deadline));
        throw new SessionUnavailableException("too many others change group " + key.group() + "; try again", null);
    }

    /** A version is written once, so where the outcome is unknown, it tells. */
    private boolean replace(GroupKey key, long expected, GroupState state) {
        long version = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        try {
            return store.replaceGroup(key, expected, new GroupDocument(version, state.encode()));
        } catch (SessionUnavailableException e) {
            return store.group(key)
                    .filter(document -> document.version() == version)
                    .isPresent();
        }
    }
}
