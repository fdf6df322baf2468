package dev.signalbox.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.SimulatedWorld.Weather;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * One random history of three nodes, one store and one guarded resource: stops, suspensions, crashes, slow and lost requests and
 * answers, requests that are executed late, jumps of clocks, outages of the store.
 *
 * <p>What must hold at each moment: at most one node holds the lease (unless the store's own clock jumped), and the resource never
 * accepts an epoch after a newer one, nor one epoch from two nodes. After the last fault one node leads.
 *
 * <p>With early takeover the same holds, except that two nodes may hold the lease after the connection of one was cut while it lived.
 */
final class LeaseSimulation {
    static final String NAME = "dispatcher";
    static final Duration TTL = Duration.ofSeconds(10);
    static final LeaseOptions OPTIONS = new LeaseOptions(TTL, Duration.ofSeconds(1), Duration.ofSeconds(15));
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final int FAULTS = 8;

    private final SimulatedWorld world;
    private final LeaseStore truth;
    private final Optional<SimulatedLocks> locks;
    private final Optional<SimulatedRenewals> renewals;
    private final boolean cuts;
    private final Fence fence;
    private final Map<Long, String> writers = new HashMap<>();
    private final Set<LossReason> losses = EnumSet.noneOf(LossReason.class);
    private long newestAccepted;
    private int accepted;
    private int refused;
    private int started;

    /** What may happen to a lease before it runs out. */
    enum Takeover {
        NEVER_EARLY,
        /** Taken by another when its holder was killed. */
        FROM_KILLED,
        /** The same, also where only the connection of its holder was cut. */
        FROM_CUT,
        /** Taken by one that saw no renewal for the whole time, by its own clock. */
        FROM_SILENT
    }

    LeaseSimulation(long seed, Fence fence, Takeover takeover) {
        this.world = new SimulatedWorld(seed);
        LeaseStore rows = LeaseStore.inMemory(world::storeNanos);
        boolean locking = takeover == Takeover.FROM_KILLED || takeover == Takeover.FROM_CUT;
        this.locks = locking ? Optional.of(new SimulatedLocks(rows)) : Optional.empty();
        this.renewals = takeover == Takeover.FROM_SILENT ? Optional.of(new SimulatedRenewals(rows)) : Optional.empty();
        this.truth = locks.<LeaseStore>map(each -> each)
                .or(() -> renewals.map(each -> each))
                .orElse(rows);
        this.cuts = takeover == Takeover.FROM_CUT;
        this.fence = fence;
        world.afterEach(this::check);
        for (int i = 0; i < 3; i++) {
            world.nodes.add(newNode());
        }
    }

    private SimulatedNode newNode() {
        return new SimulatedNode(world, this, "node-" + started++);
    }

    /** The store as that node reaches it, which has that monotonic clock. */
    LeaseStore storeOf(SimulatedNode node, LongSupplier nanos) {
        SimulatedStore way = new SimulatedStore(world, node, truth);
        return renewals.<LeaseStore>map(each -> new SimulatedObserver(way, each, nanos))
                .orElse(way);
    }

    /** What one history saw, to know that histories do see something. */
    record Summary(int terms, int accepted, int refused, int takenEarly, Set<LossReason> losses) {}

    Summary run() {
        for (int i = 0; i < FAULTS; i++) {
            world.elapse(world.span(1));
            write();
            disturb();
            write();
        }
        settle();
        int terms = world.nodes.stream().mapToInt(node -> node.terms).sum();
        int takenEarly = locks.map(each -> each.takenEarly)
                .or(() -> renewals.map(each -> each.takenEarly))
                .orElse(0);
        return new Summary(terms, accepted, refused, takenEarly, losses);
    }

    private void disturb() {
        SimulatedNode node = world.nodes.get(world.random.nextInt(world.nodes.size()));
        switch (world.random.nextInt(7)) {
            case 0 -> node.stop(world.span(3));
            case 1 -> replace(node);
            case 2 -> handOver(node);
            case 3 -> world.storeDownUntil = world.now() + world.span(2);
            case 4 -> jump(node);
            case 5 -> cut(node);
            default -> {}
        }
    }

    private void replace(SimulatedNode node) {
        node.crash();
        locks.ifPresent(each -> each.kill(node.owner));
        world.nodes.set(world.nodes.indexOf(node), newNode());
    }

    private void cut(SimulatedNode node) {
        if (cuts) {
            locks.ifPresent(each -> each.cut(node.owner));
        }
    }

    private static void handOver(SimulatedNode node) {
        if (!node.isStopped()) {
            node.candidate.handOver();
        }
    }

    private void jump(SimulatedNode node) {
        switch (world.weather) {
            case WALL_CLOCKS_JUMP -> node.jumpWallClock(world.random.nextLong(-HOUR, HOUR));
            case SUSPENDED -> node.suspend(world.span(3));
            case STORE_CLOCK_JUMPS -> world.storeSkew += world.random.nextLong(-HOUR, HOUR);
        }
    }

    /** Each node that believes to hold the lease writes; what it sends may take longer than the lease lasts. */
    private void write() {
        for (SimulatedNode node : world.nodes) {
            if (!node.isStopped()) {
                node.candidate
                        .tenure()
                        .ifPresent(lease ->
                                world.after(world.chance(0.3) ? world.span(4) : world.span(0.01), () -> arrive(lease)));
            }
        }
    }

    private void arrive(Lease lease) {
        if (!fence.admits(lease.name(), lease.epoch())) {
            refused++;
            return;
        }
        accepted++;
        assertThat(lease.epoch())
                .as("the resource accepted an epoch after a newer one")
                .isGreaterThanOrEqualTo(newestAccepted);
        newestAccepted = lease.epoch();
        assertThat(writers.computeIfAbsent(lease.epoch(), _ -> lease.owner()))
                .as("one epoch has one owner")
                .isEqualTo(lease.owner());
    }

    void ended(LossReason reason) {
        losses.add(reason);
    }

    /** Runs after each happening, so without a stream or an assertion library. */
    private void check() {
        int holders = 0;
        for (SimulatedNode node : world.nodes) {
            if (node.candidate.isLeading()) {
                node.watchDeadline();
                holders += node.holds() ? 1 : 0;
            }
        }
        if (holders > 1 && world.weather != Weather.STORE_CLOCK_JUMPS && !cuts) {
            throw new AssertionError(holders + " nodes hold the lease at one time");
        }
    }

    /**
     * Some time after the last fault one node leads, and goes on for longer than a lease lasts without a renewal. A store's clock that was
     * set back makes a lease last longer; a jump forward ends that wait.
     */
    private void settle() {
        world.calm = true;
        world.storeDownUntil = 0;
        truth.find(NAME).ifPresent(held -> world.storeSkew += excess(held.remaining()));
        Optional<Tenure> before = onlyTerm();
        for (int i = 0; i < 8; i++) {
            world.elapse(TTL);
            Optional<Tenure> now = onlyTerm();
            if (now.isPresent() && now.equals(before)) {
                return;
            }
            before = now;
        }
        throw new AssertionError("no node leads for good after the last fault");
    }

    private static long excess(Duration remaining) {
        return Math.max(0, remaining.minus(TTL).toNanos());
    }

    /** The term that is held; empty unless one node alone holds one, and no other was told of one and not of its end. */
    private Optional<Tenure> onlyTerm() {
        List<Tenure> held = world.nodes.stream()
                .flatMap(node -> node.candidate.tenure().stream())
                .toList();
        long told = world.nodes.stream().filter(SimulatedNode::isInTerm).count();
        return held.size() == 1 && told == 1 ? Optional.of(held.getFirst()) : Optional.empty();
    }
}
