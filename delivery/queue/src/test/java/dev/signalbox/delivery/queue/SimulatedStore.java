package dev.signalbox.delivery.queue;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DatabaseUnavailableException;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One node's way to the tables: requests take their time, wait for a connection, get lost before they arrive or after they were
 * carried out, or are carried out long after the node gave them up.
 */
record SimulatedStore(SimulatedWorld world, SimulatedTables tables) implements Store {
    private static final Duration QUICK = Duration.ofMillis(3);

    /** Longer than a lease: a pool without a free connection, or a table that somebody has locked. */
    private static final Duration STARVED = Duration.ofSeconds(7);

    private <T> T ask(Supplier<T> request) {
        world.pause(
                world.fault(0.03) ? world.between(QUICK, STARVED) : world.between(Duration.ofNanos(200_000), QUICK));
        if (world.fault(0.03)) {
            if (world.chance(0.3)) {
                world.after(world.between(QUICK, STARVED), () -> late(request));
            }
            throw new DatabaseUnavailableException("the request got lost", null);
        }
        T answer = request.get();
        world.pause(world.fault(0.02) ? world.between(QUICK, STARVED) : Duration.ofNanos(200_000));
        if (world.fault(0.03)) {
            throw new DatabaseUnavailableException("the answer got lost", null);
        }
        return answer;
    }

    /** Nobody waits for it any more. */
    private <T> void late(Supplier<T> request) {
        try {
            var _ = request.get();
        } catch (DatabaseException e) {
            world.saw(SimulatedWorld.Sight.REFUSED_LATE);
        }
    }

    @Override
    public List<Claimed> claim(Claim claim, long[] marks, long now) {
        return ask(() -> tables.claim(claim));
    }

    @Override
    public Set<UUID> complete(List<Completion> completions, Set<UUID> finished, int shard, long now) {
        return ask(() -> tables.complete(completions, now));
    }

    @Override
    public int promote(long now, int limit) {
        return ask(() -> tables.promote(now, limit));
    }

    @Override
    public int rescue(Collection<Channel> lanes, long now, int limit, int shard, Rescuer rescuer) {
        return ask(() -> tables.rescue(lanes, now, limit, rescuer));
    }

    @Override
    public int giveBack(UUID lease, Channel lane, long now, int shard, Rescuer rescuer) {
        return ask(() -> tables.giveBack(lease, now, rescuer));
    }

    /**
     * A node decides between the statement that finds and locks the leases and the one that ends them. So a call that it has
     * given up, and that is carried out late, ends none that were claimed after it.
     */
    @Override
    public int recover(String owner, long now, int shard, Rescuer rescuer) {
        Set<UUID> found = tables.leases(owner);
        return ask(() -> tables.recover(owner, found, now, rescuer));
    }

    @Override
    public Set<UUID> renew(Collection<UUID> leases, long now, long length) {
        return ask(() -> tables.renew(leases, length));
    }

    @Override
    public Outlook look(Map<Channel, Long> marks, long now) {
        return ask(() -> tables.look(marks.keySet()));
    }

    Set<Outcome> recorded(List<Outcome> outcomes) {
        return ask(() -> tables.recorded(outcomes));
    }

    @Override
    public Set<UUID> insert(Connection connection, List<Reach> reaches, long now) {
        throw new UnsupportedOperationException("a history inserts into the tables themselves");
    }

    @Override
    public List<UUID> leased(Connection connection, int limit) {
        throw new UnsupportedOperationException("no dispatcher asks for this");
    }

    @Override
    public Map<Channel, Long> underWay(Connection connection) {
        throw new UnsupportedOperationException("no dispatcher asks for this");
    }
}
