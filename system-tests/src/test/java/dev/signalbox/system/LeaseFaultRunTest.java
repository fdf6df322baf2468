package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.Effort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes stand for an election on each of several real stores at once, and act whenever they lead. The one that leads is killed,
 * stopped, cut off, or has its clock set; the stores are restarted. What both did is checked by {@link LeaseHistory}: no stale write is
 * accepted, no epoch is given twice, and at no moment two nodes hold the lease.
 */
@Timeout(6 * 3600)
class LeaseFaultRunTest {
    /** Runs of each of the five faults, on each store. */
    private static final int RUNS = Effort.of(1, 200);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration HOUR = Duration.ofHours(1);

    private enum Fault {
        KILL,
        STOP,
        DEAFEN,
        SET_CLOCK,
        RESTART_STORES
    }

    @TempDir
    private Path folder;

    private final List<LeaseFaultStore> stores = new ArrayList<>();
    private final List<LeaseFaultNode> nodes = new ArrayList<>();

    @BeforeEach
    void start() {
        stores.addAll(LeaseFaultStore.startAll());
        for (String name : List.of("a", "b")) {
            nodes.add(new LeaseFaultNode(name, folder, stores));
            awaitStanding(nodes.getLast());
        }
    }

    @AfterEach
    void close() throws Exception {
        nodes.forEach(LeaseFaultNode::close);
        for (LeaseFaultStore store : stores) {
            store.close();
        }
    }

    @Test
    void noFaultLetsTwoHoldTheLeaseOrAStaleWriteThrough() throws Exception {
        for (Fault fault : Fault.values()) {
            Map<String, Integer> runs = new HashMap<>();
            for (int round = 0; stores.stream().anyMatch(store -> runs.getOrDefault(store.name(), 0) < RUNS); round++) {
                assertThat(round).as("%s: %s", fault, runs).isLessThan(20 * RUNS);
                run(fault).forEach(store -> runs.merge(store.name(), 1, Integer::sum));
            }
            requireNoFaults(fault);
        }
        assertThat(stores)
                .allSatisfy(store -> assertThat(store.history().accepted())
                        .as("writes on " + store.name())
                        .isPositive());
    }

    private void requireNoFaults(Fault fault) {
        assertThat(stores)
                .allSatisfy(store -> assertThat(store.history().faults())
                        .as("%s, on %s", fault, store.name())
                        .isEmpty());
    }

    /** Returns the stores that it struck: those that its victim led. */
    private List<LeaseFaultStore> run(Fault fault) throws Exception {
        awaitLeaders();
        LeaseFaultNode victim = leading();
        List<LeaseFaultStore> struck = stores.stream().filter(victim::leads).toList();
        Map<String, Long> before = new HashMap<>();
        stores.forEach(store -> before.put(store.name(), store.history().newestAccepted()));
        switch (fault) {
            case KILL -> {
                victim.kill();
                awaitNewTerms(struck, before);
                victim.startAgain();
                awaitStanding(victim);
            }
            case STOP -> {
                victim.signal("STOP");
                awaitNewTerms(struck, before);
                victim.signal("CONT");
            }
            case DEAFEN -> {
                victim.deafen();
                awaitNewTerms(struck, before);
                victim.heal();
            }
            case SET_CLOCK -> {
                victim.moveClock(HOUR);
                awaitNewTerms(struck, before);
                victim.moveClock(HOUR.multipliedBy(2).negated());
                awaitWrites();
                // An hour later than before, so that the next run is later, too, than the deadline of each term.
                victim.moveClock(HOUR.multipliedBy(2));
            }
            case RESTART_STORES -> {
                CompletableFuture<?>[] restarts = stores.stream()
                        .map(store -> CompletableFuture.runAsync(store.restart(), Thread::startVirtualThread))
                        .toArray(CompletableFuture<?>[]::new);
                CompletableFuture.allOf(restarts).join();
            }
        }
        awaitWrites();
        return fault == Fault.RESTART_STORES ? stores : struck;
    }

    private LeaseFaultNode leading() {
        return nodes.stream()
                .max(Comparator.comparingLong(
                        node -> stores.stream().filter(node::leads).count()))
                .orElseThrow();
    }

    private void awaitLeaders() {
        await("a leader on each store")
                .atMost(PATIENCE)
                .until(() -> stores.stream()
                        .allMatch(store -> store.history().newestAccepted() > 0
                                && store.history().leader().isPresent()));
    }

    private static void awaitStanding(LeaseFaultNode node) {
        await("a node that stands for election")
                .atMost(PATIENCE)
                .failFast("its process ended", () -> !node.isAlive())
                .until(node::stands);
    }

    private static void awaitNewTerms(List<LeaseFaultStore> struck, Map<String, Long> before) {
        await("writes under a new term")
                .atMost(PATIENCE)
                .until(() -> struck.stream()
                        .allMatch(store -> store.history().newestAccepted() > before.getOrDefault(store.name(), 0L)));
    }

    /** Somebody works on each store. */
    private void awaitWrites() {
        Map<String, Long> before = new HashMap<>();
        stores.forEach(store -> before.put(store.name(), store.history().accepted()));
        await("writes on each store")
                .atMost(PATIENCE)
                .until(() -> stores.stream()
                        .allMatch(store -> store.history().accepted() > before.getOrDefault(store.name(), 0L) + 3));
    }
}
