package dev.signalbox.observatory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The buffers there are: one for the default destination, and one for each that a context names. Thread-safe. */
final class Lanes {
    private static final Logger LOG = LoggerFactory.getLogger(Observatory.class);

    private final ObservatoryOptions options;
    private final @Nullable SpoolFolder spools;
    private final Tally tally;
    private final ConcurrentHashMap<Destination, Lane> named = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private @Nullable Lane byDefault;

    Lanes(ObservatoryOptions options, @Nullable SpoolFolder spools, Tally tally) {
        this.options = options;
        this.spools = spools;
        this.tally = tally;
    }

    /** Makes buffers of what an earlier process left; what may not be shipped any more stays where it is. */
    void recover() {
        if (spools != null) {
            spools.left().forEach(folder -> recover(folder, spools.recovery()));
        }
        if (byDefault == null) {
            byDefault = options.destination().map(to -> lane(to, true)).orElse(null);
        }
    }

    private void recover(Path folder, Recovery recovery) {
        try {
            var found = recovery.read(folder);
            found.flatMap(this::owner).ifPresent(lane -> {
                lane.taken.addAndGet(found.get().records());
                tally.recovered.add(found.get().records());
                damaged(found.get().damaged());
            });
        } catch (IOException | ObservatoryException e) {
            LOG.warn("{} cannot be read and stays as it is", folder, e);
        }
    }

    private void damaged(long frames) {
        if (frames > 0) {
            tally.dropped(DropReason.UNREADABLE, (int) Math.min(frames, Integer.MAX_VALUE));
        }
    }

    private Optional<Lane> owner(Recovery.Found found) {
        var context = found.context();
        if (context.byDefault()) {
            byDefault = options.destination()
                    .map(to -> new Lane(to, true, found.spool()))
                    .orElse(null);
            return Optional.ofNullable(byDefault);
        }
        if (!options.allowed().allows(context.destination().url())) {
            LOG.warn(
                    "{} records in the spool are for {}, which is not allowed any more; they stay there",
                    found.records(),
                    context.destination().url());
            return Optional.empty();
        }
        var lane = new Lane(context.destination(), false, found.spool());
        count.incrementAndGet();
        named.put(context.destination(), lane);
        return Optional.of(lane);
    }

    /** A lane that the caller has entered and must leave; null if there is none for this context. */
    @Nullable
    Lane enter(ExecutionContext context) {
        var wanted = context.destination();
        if (wanted.isEmpty()
                || isDefault(wanted.get())
                || !options.allowed().allows(wanted.get().url())) {
            return byDefault != null && byDefault.enter() ? byDefault : null;
        }
        while (true) {
            var lane = named.computeIfAbsent(wanted.get(), this::admit);
            if (lane == null || lane.enter()) {
                return lane;
            }
        }
    }

    private boolean isDefault(Destination wanted) {
        return byDefault != null && byDefault.destination.equals(wanted);
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

    @Nullable
    Lane byDefault() {
        return byDefault;
    }

    Collection<Lane> all() {
        List<Lane> all = new ArrayList<>(named.values());
        if (byDefault != null) {
            all.add(byDefault);
        }
        return all;
    }

    int size() {
        return named.size() + (byDefault == null ? 0 : 1);
    }
}
