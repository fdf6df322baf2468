package dev.signalbox.session.mongodb;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import dev.signalbox.session.bus.SessionStore.Claim;
import dev.signalbox.session.bus.SessionStore.ClaimRequest;
import dev.signalbox.session.bus.SessionStore.Claimed;
import dev.signalbox.session.bus.SessionStore.Claims;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import dev.signalbox.session.bus.SessionStore.Stored;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.bson.Document;

/**
 * Groups, a document each, changed only in the version that was read: whoever comes second reads again. A group hands out at most
 * {@link #MOST_HELD} events that are not finished; at the bound there are no fresh ones until some are. Thread-safe.
 */
final class Groups {
    private static final int MOST_HELD = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int REMOVED_AT_A_TIME = 100;

    private final MongoCollection<Document> groups;
    private final Events events;
    private final InstantSource clock;

    Groups(MongoCollection<Document> groups, Events events, InstantSource clock) {
        this.groups = groups;
        this.events = events;
        this.clock = clock;
    }

    Claims claim(ClaimRequest request) {
        String session = request.group().session();
        return changing(request.group(), stored -> {
            GroupState state = stored.orElseGet(() -> new GroupState(0, request.startAfter()));
            if (events.last(List.of(session)).isEmpty()) {
                return new Change<>(new Claims(List.of(), state.position), Optional.empty());
            }
            return claim(request, state);
        });
    }

    private Change<Claims> claim(ClaimRequest request, GroupState state) {
        long position = state.position;
        int held = state.holds.size();
        List<Claimed> claimed = new ArrayList<>(again(request, state));
        int fresh = Math.min(request.max() - claimed.size(), MOST_HELD - state.holds.size());
        if (fresh > 0) {
            claimed.addAll(fresh(request, state, fresh));
        }
        boolean same = state.version > 0 && claimed.isEmpty() && held == state.holds.size();
        return new Change<>(new Claims(claimed, position), same ? Optional.empty() : Optional.of(state));
    }

    /** What is free and still exists; what does not exist any more is dropped. */
    private List<Claimed> again(ClaimRequest request, GroupState state) {
        List<Claimed> claimed = new ArrayList<>();
        List<Long> free = state.holds.entrySet().stream()
                .filter(hold -> hold.getValue().isFree(request.now()))
                .limit(request.max())
                .map(Map.Entry::getKey)
                .toList();
        Map<Long, Stored> existing = events.find(request.group().session(), free);
        for (long offset : free) {
            Stored event = existing.get(offset);
            GroupState.Hold hold = state.holds.remove(offset);
            if (event != null && hold != null) {
                int attempt = hold.attempt() + 1;
                state.holds.put(offset, new GroupState.Hold(attempt, request.until()));
                claimed.add(new Claimed(event, attempt));
            }
        }
        return claimed;
    }

    /** Over holes, too: that there was one is told by the position. */
    private List<Claimed> fresh(ClaimRequest request, GroupState state, int most) {
        Cursor cursor = new Cursor(request.group().session(), state.position);
        List<Claimed> claimed = new ArrayList<>();
        for (Stored event : events.read(List.of(cursor), most).getFirst().events()) {
            state.holds.put(event.offset(), new GroupState.Hold(1, request.until()));
            state.position = event.offset();
            claimed.add(new Claimed(event, 1));
        }
        return claimed;
    }

    Set<Long> acknowledge(GroupKey group, Collection<Claim> claims) {
        return changing(group, stored -> {
            Set<Long> done = new HashSet<>();
            stored.ifPresent(
                    state -> claims.stream().filter(state::acknowledge).forEach(claim -> done.add(claim.offset())));
            return new Change<>(done, done.isEmpty() ? Optional.empty() : stored);
        });
    }

    boolean release(GroupKey group, Collection<Claim> claims) {
        return changing(group, stored -> {
            boolean any = false;
            for (Claim claim : claims) {
                any |= stored.isPresent() && stored.get().release(claim);
            }
            return new Change<>(any, any ? stored : Optional.empty());
        });
    }

    /** An answer, and what to store for it. */
    private record Change<R>(R answer, Optional<GroupState> stored) {}

    private <R> R changing(GroupKey group, Function<Optional<GroupState>, Change<R>> step) {
        String id = group.session() + " " + group.group();
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int attempt = 1; System.nanoTime() < end; attempt++) {
            Document found = groups.find(eq("_id", id)).first();
            Change<R> change = step.apply(Optional.ofNullable(found).map(GroupState::of));
            if (change.stored().map(state -> store(id, group.session(), state)).orElse(true)) {
                return change.answer();
            }
            long most = Duration.ofMillis(Math.min(50, attempt)).toNanos();
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most / 4, most));
        }
        throw new SessionUnavailableException("too many others change group " + group.group(), null);
    }

    /** False if another was faster. */
    private boolean store(String id, String session, GroupState state) {
        Document document = state.toDocument(id, session, clock.instant());
        try {
            if (state.version > 0) {
                return groups.replaceOne(and(eq("_id", id), eq("version", state.version)), document)
                                .getMatchedCount()
                        == 1;
            }
            groups.insertOne(document);
            return true;
        } catch (MongoException e) {
            if (Failures.isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Those that were last used before an instant, of sessions without events. */
    void removeOld(Instant oldest) {
        List<Document> old = groups.find(lt("at", Date.from(oldest)))
                .projection(new Document("sessionId", 1).append("version", 1))
                .limit(REMOVED_AT_A_TIME)
                .into(new ArrayList<>());
        Set<String> alive = events.last(old.stream()
                        .map(group -> group.getString("sessionId"))
                        .distinct()
                        .toList())
                .keySet();
        for (Document group : old) {
            if (!alive.contains(group.getString("sessionId"))) {
                groups.deleteOne(and(eq("_id", group.getString("_id")), eq("version", group.getLong("version"))));
            }
        }
    }
}
