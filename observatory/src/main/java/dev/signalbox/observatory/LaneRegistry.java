package dev.signalbox.observatory;

import dev.signalbox.observatory.Frames.Payload.Context;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The buffers there are: one for the default destination, and one for each that a context names. Thread-safe. */
final class LaneRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);

    private final ObservatoryOptions options;
    private final @Nullable SpoolFolder spools;
    private final Counters counters;
    private final ConcurrentHashMap<Destination, Lane> named = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Queue<Path> unread = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Lane byDefault;

    LaneRegistry(ObservatoryOptions options, @Nullable SpoolFolder spools, Counters counters) {
        this.options = options;
        this.spools = spools;
        this.counters = counters;
    }

    /** Makes buffers of what an earlier process left; what may not be shipped any more stays where it is. */
    void recover() {
        if (spools != null) {
            unread.addAll(spools.left());
            recoverUnread();
        }
        if (byDefault == null) {
            byDefault = options.destination().map(to -> lane(to, true)).orElse(null);
        }
    }

    /** Whether there are files of an earlier process that could not be read so far. */
    boolean hasUnread() {
        return !unread.isEmpty();
    }

    /**
     * Reads them. Those that still cannot be read are kept for the next call.
     *
     * @return the lanes in which there is something now
     */
    List<Lane> recoverUnread() {
        List<Lane> recovered = new ArrayList<>();
        for (int left = unread.size(); left > 0; left--) {
            Path folder = Objects.requireNonNull(unread.poll());
            try {
                if (!recover(folder, recovered)) {
                    unread.add(folder);
                }
            } catch (IOException e) {
                LOG.warn("the spool in {} cannot be read now and is tried again: {}", folder, e.toString());
                unread.add(folder);
            } catch (ObservatoryException e) {
                LOG.warn("the spool in {} stays as it is: {}", folder, e.getMessage());
            }
        }
        return recovered;
    }

    /** @return false if it has to be done again, because the lane has changed meanwhile */
    private boolean recover(Path folder, List<Lane> recovered) throws IOException {
        var spools = Objects.requireNonNull(this.spools);
        var existing = all().stream()
                .filter(lane ->
                        spools.folderOf(lane.destination, lane.byDefault).equals(folder))
                .findFirst();
        long before = existing.map(lane -> lane.spool).map(LaneSpool::begins).orElse(Long.MAX_VALUE);
        var known = existing.map(lane -> new Context(lane.destination, lane.byDefault))
                .or(() -> options.destination()
                        .filter(to -> spools.folderOf(to, true).equals(folder))
                        .map(to -> new Context(to, true)));
        var found = spools.recovery().read(folder, before, known);
        if (found.isEmpty()) {
            return true;
        }
        var lane = owner(found.get(), before);
        if (lane.isPresent()) {
            take(lane.get(), found.get());
            recovered.add(lane.get());
        }
        return lane.isPresent() || !mayShip(found.get());
    }

    private void take(Lane lane, Recovery.Found found) {
        lane.taken.addAndGet(found.records());
        counters.recovered.add(found.records());
        if (found.damaged() > 0) {
            LOG.warn(
                    "{} records in the spool of {} are damaged and cannot be shipped",
                    found.damaged(),
                    lane.destination);
            counters.dropped(DropReason.UNREADABLE, count(found.damaged()));
            lane.unreported(DropReason.UNREADABLE, count(found.damaged()));
        }
        if (found.torn() > 0) {
            LOG.warn(
                    "the end of the spool of {} is torn: {} records were not written to the end when their process died",
                    lane.destination,
                    found.torn());
            counters.dropped(DropReason.UNREADABLE, count(found.torn()));
        }
    }

    private static int count(long records) {
        return (int) Math.min(records, Integer.MAX_VALUE);
    }

    private boolean mayShip(Recovery.Found found) {
        var context = found.context();
        return context.byDefault()
                ? options.destination().isPresent()
                : options.allowed().allows(context.destination().url());
    }

    /** The lane that has taken over what was found; empty if there is none that may, or it has changed since. */
    private Optional<Lane> owner(Recovery.Found found, long before) {
        var context = found.context();
        if (!mayShip(found)) {
            LOG.warn(
                    "{} records in the spool are for {}, which is not {}; they stay there",
                    found.records(),
                    context.destination(),
                    context.byDefault() ? "configured any more" : "allowed any more");
            return Optional.empty();
        }
        if (context.byDefault()) {
            var existing = byDefault;
            var lane = existing == null
                    ? new Lane(options.destination().orElseThrow(), true, found.spool())
                    : adopt(existing, found.spool(), before);
            byDefault = lane == null ? existing : lane;
            return Optional.ofNullable(lane);
        }
        boolean[] adopted = {true};
        var lane = named.compute(context.destination(), (to, existing) -> {
            if (existing == null) {
                count.incrementAndGet();
                return new Lane(to, false, found.spool());
            }
            adopted[0] = adopt(existing, found.spool(), before) != null;
            return existing;
        });
        return adopted[0] ? Optional.of(lane) : Optional.empty();
    }

    private static @Nullable Lane adopt(Lane lane, LaneSpool found, long before) {
        if (lane.spool == null || !lane.lock.tryLock()) {
            return null;
        }
        try {
            return lane.inFlight.isEmpty() && lane.spool.adopt(found, before) ? lane : null;
        } finally {
            lane.unlock();
        }
    }

    /** A lane that the caller has entered and must leave; null if there is none for this context. */
    @Nullable
    Lane enter(ExecutionContext context) {
        var wanted = context.destination();
        if (wanted.isEmpty()
                || isDefault(wanted.get())
                || !options.allowed().allows(wanted.get().url())) {
            var lane = byDefault;
            return lane != null && lane.enter() ? lane : null;
        }
        while (true) {
            var lane = named.computeIfAbsent(wanted.get(), this::admit);
            if (lane == null || lane.enter()) {
                return lane;
            }
        }
    }

    private boolean isDefault(Destination wanted) {
        var lane = byDefault;
        return lane != null && lane.destination.equals(wanted);
    }

    private @Nullable Lane admit(Destination destination) {
        if (count.incrementAndGet() > options.memory().contexts()) {
            count.decrementAndGet();
            return null;
        }
        return lane(destination, false);
    }

    private Lane lane(Destination destination, boolean isDefault) {
        return new Lane(destination, isDefault, spools == null ? null : spools.of(destination, isDefault));
    }

    /** Why {@link #enter} found none. */
    DropReason missing(ExecutionContext context) {
        boolean named = context.destination()
                .filter(to -> options.allowed().allows(to.url()))
                .isPresent();
        return named ? DropReason.TOO_MANY_CONTEXTS : DropReason.NO_DESTINATION;
    }

    /** Removes those that nobody used since. */
    void evictIdle(long since) {
        for (var lane : named.values()) {
            if (lane.lastUsed - since < 0 && lane.evict()) {
                named.remove(lane.destination, lane);
                count.decrementAndGet();
            }
        }
    }

    Collection<Lane> all() {
        List<Lane> all = new ArrayList<>(named.values());
        var lane = byDefault;
        if (lane != null) {
            all.add(lane);
        }
        return all;
    }
}
