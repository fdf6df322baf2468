package dev.signalbox.delivery.queue;

import dev.signalbox.database.DatabaseException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * What the tables of the queue hold, with each transaction as one step that is never seen half done. Leases go by the world's
 * clock, which stands for the database's.
 */
final class SimulatedTables {
    private static final Step UNREADABLE = Step.to(new Channel("unreadable"), "unreadable");

    /** A promise that these tables break, to know that histories notice it. */
    enum Flaw {
        NONE,
        /** Whatever its lease, an outcome is recorded. */
        NO_FENCE,
        /** A lease is taken over three seconds before it ends. */
        EARLY_RESCUE,
        /** What prolongs a lease ends it. */
        ENDING_RENEWAL,
        /** What is to be tried again is queued nowhere. */
        NO_QUEUE,
        /** What is rescued counts as not begun. */
        NO_DOUBT,
        /** A recovery that is carried out late ends what was claimed since its node gave it up, too. */
        LATE_RECOVERY
    }

    private record Body(Reach reach, long acceptedAt, boolean readable) {}

    /** @param entries by the ids of messages */
    private record Lease(UUID id, Channel lane, String owner, long claimedAt, long until, Map<UUID, Ticket> entries) {
        Lease until(long later) {
            return new Lease(id, lane, owner, claimedAt, later, entries);
        }
    }

    private final SimulatedWorld world;
    private final Flaw flaw;
    private final Map<UUID, Body> messages = new LinkedHashMap<>();
    private final List<Ticket> ready = new ArrayList<>();
    private final List<Ticket> later = new ArrayList<>();
    private final Map<UUID, Lease> leases = new LinkedHashMap<>();
    private final Set<UUID> tombstones = new HashSet<>();
    private final Map<UUID, List<Outcome>> histories = new HashMap<>();

    SimulatedTables(SimulatedWorld world, Flaw flaw) {
        this.world = world;
        this.flaw = flaw;
    }

    void insert(Reach reach, boolean readable) {
        messages.put(reach.id(), new Body(reach, world.now(), readable));
        histories.put(reach.id(), new ArrayList<>());
        queue(Ticket.first(reach, world.now()), world.now());
    }

    private void queue(Ticket ticket, long now) {
        (ticket.runAt() <= now ? ready : later).add(ticket);
    }

    List<Claimed> claim(Store.Claim claim) {
        if (tombstones.contains(claim.lease())) {
            world.saw(SimulatedWorld.Sight.BARRED_CLAIM);
            throw new DatabaseException("the claim was given up", null);
        }
        List<Claimed> claimed = ready.stream()
                .filter(ticket -> ticket.lane().equals(claim.lane()))
                .map(this::claimed)
                .sorted(Claimed.ORDER)
                .limit(claim.limit())
                .toList();
        if (claimed.isEmpty()) {
            return claimed;
        }
        Map<UUID, Ticket> entries = new LinkedHashMap<>();
        claimed.forEach(one -> entries.put(one.ticket().id(), one.ticket()));
        ready.removeIf(ticket -> entries.containsKey(ticket.id()));
        long until = world.now() + claim.length();
        leases.put(claim.lease(), new Lease(claim.lease(), claim.lane(), claim.owner(), world.now(), until, entries));
        return claimed;
    }

    private Claimed claimed(Ticket ticket) {
        Body body = Objects.requireNonNull(messages.get(ticket.id()));
        Reach reach = body.reach();
        return new Claimed(
                ticket,
                body.readable() ? reach.steps() : Collections.nCopies(ticket.step() + 1, UNREADABLE),
                reach.body(),
                reach.headers(),
                body.readable() ? Micros.of(reach.expiresAt()) : Micros.NONE,
                reach.maxAttempts(),
                body.acceptedAt(),
                0,
                RecipientTime.UNKNOWN,
                Optional.empty(),
                body.readable() ? Optional.empty() : Optional.of("its row cannot be read"));
    }

    /** As the primary key of the outcomes has it, none of them is recorded if one of them is already. */
    Set<UUID> complete(List<Store.Completion> completions, long now) {
        Set<UUID> stale = new HashSet<>();
        List<Store.Completion> good = new ArrayList<>();
        for (Store.Completion completion : completions) {
            boolean stands = leases.containsKey(completion.lease());
            if (!stands) {
                stale.add(completion.lease());
            }
            if (stands || flaw == Flaw.NO_FENCE) {
                good.add(completion);
            }
        }
        if (flaw != Flaw.NO_FENCE && good.stream().anyMatch(this::isRecorded)) {
            throw new DatabaseException("recorded before", new SQLException("duplicate key", "23505"));
        }
        for (Store.Completion completion : good) {
            Lease lease = leases.get(completion.lease());
            if (lease != null) {
                lease.entries().remove(completion.verdict().outcome().id());
            }
            record(completion.verdict(), now);
        }
        leases.values().removeIf(lease -> lease.entries().isEmpty());
        return flaw == Flaw.NO_FENCE ? Set.of() : stale;
    }

    private boolean isRecorded(Store.Completion completion) {
        Outcome outcome = completion.verdict().outcome();
        return history(outcome.id()).stream().anyMatch(known -> known.attempt() == outcome.attempt());
    }

    /** The history is numbered without holes, and nothing comes after a final state; that is the fence's promise. */
    private void record(Verdict verdict, long now) {
        Outcome outcome = verdict.outcome();
        List<Outcome> history = history(outcome.id());
        if (outcome.attempt() != history.size() + 1) {
            world.violated("an outcome by a stale holder is on record: " + outcome + " after " + history);
        } else if (state(outcome.id()).isFinal()) {
            world.violated("an outcome follows a final state: " + outcome + " after " + history);
        }
        history.add(outcome);
        Ticket next = verdict.next();
        if (next != null && flaw != Flaw.NO_QUEUE) {
            queue(next, now);
        }
        checkPlaces(outcome.id());
    }

    /** A message is in exactly one place. */
    private void checkPlaces(UUID id) {
        long places = ready.stream().filter(ticket -> ticket.id().equals(id)).count()
                + later.stream().filter(ticket -> ticket.id().equals(id)).count()
                + leases.values().stream()
                        .filter(lease -> lease.entries().containsKey(id))
                        .count();
        if (places != (state(id).isFinal() ? 0 : 1)) {
            world.violated(id + " is " + state(id) + " and in " + places + " places");
        }
    }

    void checkPlaces() {
        messages.keySet().forEach(this::checkPlaces);
    }

    int promote(long now, int limit) {
        List<Ticket> due = later.stream()
                .filter(ticket -> ticket.runAt() <= now)
                .limit(limit)
                .toList();
        later.removeAll(due);
        ready.addAll(due);
        return due.size();
    }

    int rescue(Collection<Channel> lanes, long now, int limit, Store.Rescuer rescuer) {
        List<Lease> expired = leases.values().stream()
                .filter(lease -> isOver(lease) && lanes.contains(lease.lane()))
                .limit(limit)
                .toList();
        return end(expired, now, flaw == Flaw.NO_DOUBT ? orphan -> undoubted(orphan, now) : rescuer);
    }

    private boolean isOver(Lease lease) {
        return lease.until() < world.now() + (flaw == Flaw.EARLY_RESCUE ? 3_000_000 : 0);
    }

    private static Verdict undoubted(Store.Orphan orphan, long now) {
        return new Rules(Retry.DEFAULT, new SplittableRandom(1)).released(orphan.claimed(), now);
    }

    private int end(List<Lease> ended, long now, Store.Rescuer rescuer) {
        List<Store.Completion> completions = new ArrayList<>();
        for (Lease lease : ended) {
            for (Ticket entry : lease.entries().values()) {
                Ticket since = new Ticket(
                        entry.id(),
                        entry.lane(),
                        entry.priority(),
                        lease.claimedAt(),
                        entry.step(),
                        entry.attempt(),
                        entry.tried(),
                        entry.deadline(),
                        entry.unsureSince());
                Store.Orphan orphan = new Store.Orphan(claimed(since), lease.claimedAt());
                completions.add(new Store.Completion(lease.id(), rescuer.decide(orphan)));
            }
        }
        complete(completions, now);
        return completions.size();
    }

    int giveBack(UUID lease, long now, Store.Rescuer rescuer) {
        world.saw(SimulatedWorld.Sight.ABANDONED_CLAIM);
        Lease standing = leases.get(lease);
        if (standing == null) {
            tombstones.add(lease);
            return 0;
        }
        return end(List.of(standing), now, rescuer);
    }

    /** @param found the leases that the transaction's first statement found; it ends no others */
    int recover(String owner, Set<UUID> found, long now, Store.Rescuer rescuer) {
        world.saw(SimulatedWorld.Sight.RECOVERED);
        return end(
                leases.values().stream()
                        .filter(lease -> lease.owner().equals(owner))
                        .filter(lease -> found.contains(lease.id()) || flaw == Flaw.LATE_RECOVERY)
                        .toList(),
                now,
                rescuer);
    }

    /** The leases of an owner that stand now. */
    Set<UUID> leases(String owner) {
        Set<UUID> standing = new HashSet<>();
        leases.values().stream()
                .filter(lease -> lease.owner().equals(owner))
                .forEach(lease -> standing.add(lease.id()));
        return standing;
    }

    Set<UUID> renew(Collection<UUID> ids, long length) {
        Set<UUID> renewed = new HashSet<>();
        for (UUID id : ids) {
            Lease lease = leases.get(id);
            if (lease != null) {
                renewed.add(id);
                leases.put(id, lease.until(world.now() + (flaw == Flaw.ENDING_RENEWAL ? -1 : length)));
            }
        }
        return renewed;
    }

    Store.Outlook look(Collection<Channel> lanes) {
        Set<Channel> due = new HashSet<>();
        ready.forEach(ticket -> due.add(ticket.lane()));
        due.retainAll(lanes);
        return new Store.Outlook(
                later.stream().mapToLong(Ticket::runAt).min().orElse(Micros.NONE),
                due,
                leases.values().stream().anyMatch(lease -> isOver(lease) && lanes.contains(lease.lane())),
                Set.of());
    }

    Set<Outcome> recorded(List<Outcome> outcomes) {
        Set<Outcome> recorded = new HashSet<>(outcomes);
        recorded.removeIf(outcome -> !history(outcome.id()).contains(outcome));
        return recorded;
    }

    /** Whether an owner holds a message for an attempt of this number. */
    boolean holds(String owner, UUID id, int attempt) {
        return leases.values().stream().anyMatch(lease -> {
            Ticket entry = lease.entries().get(id);
            return lease.owner().equals(owner) && entry != null && entry.attempt() + 1 == attempt;
        });
    }

    List<Outcome> history(UUID id) {
        return Objects.requireNonNull(histories.get(id));
    }

    MessageState state(UUID id) {
        List<Outcome> history = history(id);
        return history.isEmpty() ? MessageState.PENDING : history.getLast().state();
    }

    boolean isOver() {
        return messages.keySet().stream().allMatch(id -> state(id).isFinal());
    }

    Collection<Reach> reaches() {
        return messages.values().stream().map(Body::reach).toList();
    }

    boolean isReadable(UUID id) {
        return Objects.requireNonNull(messages.get(id)).readable();
    }
}
