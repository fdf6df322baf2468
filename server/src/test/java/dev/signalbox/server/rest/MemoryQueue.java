package dev.signalbox.server.rest;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.State;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A queue in memory. */
class MemoryQueue implements DeliveryQueue {
    private final Map<UUID, Status> all = new LinkedHashMap<>();
    private final Map<String, UUID> keys = new LinkedHashMap<>();
    boolean broken;
    int breaksAfter = Integer.MAX_VALUE;

    private void check() {
        if (broken || all.size() >= breaksAfter) {
            throw new DeliveryQueueException("gone", new IllegalStateException());
        }
    }

    @Override
    public synchronized Receipt enqueue(Reach reach) {
        check();
        UUID first =
                reach.dedupeKey().map(key -> keys.putIfAbsent(key, reach.id())).orElse(null);
        if (first != null) {
            return new Receipt(first, true);
        }
        if (all.containsKey(reach.id())) {
            return new Receipt(reach.id(), true);
        }
        all.put(reach.id(), new Status(reach, State.PENDING, Instant.now(), reach.at(), List.of()));
        return new Receipt(reach.id(), false);
    }

    @Override
    public Receipt enqueue(Connection transaction, Reach reach) {
        return enqueue(reach);
    }

    @Override
    public synchronized List<Receipt> enqueueAll(List<Reach> reaches) {
        return reaches.stream().map(this::enqueue).toList();
    }

    @Override
    public List<Receipt> enqueueAll(Connection transaction, List<Reach> reaches) {
        return enqueueAll(reaches);
    }

    @Override
    public synchronized Optional<Status> find(UUID id) {
        check();
        return Optional.ofNullable(all.get(id));
    }

    @Override
    public synchronized Page list(Filter filter) {
        check();
        int from = filter.cursor().map(Integer::valueOf).orElse(0);
        List<Status> found = new ArrayList<>(all.values())
                .reversed().stream()
                        .filter(s -> filter.state().filter(x -> x != s.state()).isEmpty())
                        .filter(s -> filter.channel().isEmpty()
                                || s.reach().steps().stream()
                                        .anyMatch(x -> x.channel()
                                                .equals(filter.channel().get())))
                        .toList();
        int to = Math.min(found.size(), from + filter.limit());
        return new Page(found.subList(from, to), to < found.size() ? Optional.of("" + to) : Optional.empty());
    }

    @Override
    public synchronized Optional<State> cancel(UUID id) {
        return find(id).map(s -> s.state().isFinal() ? s.state() : set(s, State.CANCELLED, s.attempts()));
    }

    @Override
    public synchronized Optional<State> retry(UUID id) {
        return find(id).map(s ->
                s.state().isFinal() && s.state() != State.SENT ? set(s, State.PENDING, s.attempts()) : s.state());
    }

    synchronized List<Reach> reaches() {
        return all.values().stream().map(Status::reach).toList();
    }

    synchronized void end(UUID id, State state, Attempt... attempts) {
        find(id).ifPresent(status -> set(status, state, List.of(attempts)));
    }

    private State set(Status s, State state, List<Attempt> attempts) {
        all.put(s.reach().id(), new Status(s.reach(), state, s.acceptedAt(), s.nextAttemptAt(), attempts));
        return state;
    }

    @Override
    public synchronized Counts counts() {
        check();
        var states = new EnumMap<State, Long>(State.class);
        all.values().forEach(s -> states.merge(s.state(), 1L, Long::sum));
        return new Counts(states, Map.of(Channel.SMS, states.getOrDefault(State.SENT, 0L)), true);
    }
}
