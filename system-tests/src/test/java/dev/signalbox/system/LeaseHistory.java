package dev.signalbox.system;

import dev.signalbox.ha.lease.Fence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the nodes did under the lease of one store, and whether it may be so. Two rules: what is behind a fence never accepts an older
 * epoch after a newer one, and no two nodes hold the lease at one moment, so that in the order of time epochs only grow. Thread-safe.
 */
final class LeaseHistory {
    /** A node did something at a moment at which it held the lease. */
    private record Act(String node, long epoch, long nanos) {}

    private final Fence fence;
    private final List<Act> acts = new ArrayList<>();
    private final Map<Long, String> owners = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private Optional<String> leader = Optional.empty();
    private long newest;
    private long newestAccepted;
    private long accepted;
    private long refused;

    /** @param fence before what the nodes write to */
    LeaseHistory(Fence fence) {
        this.fence = fence;
    }

    synchronized void elected(String node, long epoch) {
        own(node, epoch);
        if (epoch > newest) {
            newest = epoch;
            leader = Optional.of(node);
        }
    }

    synchronized void lost(String node, long epoch) {
        if (epoch == newest) {
            leader = leader.filter(each -> !each.equals(node));
        }
    }

    private void own(String node, long epoch) {
        String owner = owners.computeIfAbsent(epoch, _ -> node);
        if (!owner.equals(node)) {
            faults.add("epoch " + epoch + " was given to " + owner + " and to " + node);
        }
    }

    /** @param nanos when the node held the lease, by the machine's monotonic clock */
    synchronized void wrote(String node, long epoch, long nanos) {
        own(node, epoch);
        acts.add(new Act(node, epoch, nanos));
        if (!fence.admits("work", epoch)) {
            refused++;
            return;
        }
        accepted++;
        if (epoch < newestAccepted) {
            faults.add("a write of " + node + " under epoch " + epoch + " was accepted after " + newestAccepted);
        }
        newestAccepted = epoch;
    }

    /** Who was elected last and has not told that it lost. */
    synchronized Optional<String> leader() {
        return leader;
    }

    synchronized long newestAccepted() {
        return newestAccepted;
    }

    synchronized long accepted() {
        return accepted;
    }

    synchronized long refused() {
        return refused;
    }

    /** What was not as it should be; empty if all was. */
    synchronized List<String> faults() {
        List<String> all = new ArrayList<>(faults);
        List<Act> inTime =
                acts.stream().sorted(Comparator.comparingLong(Act::nanos)).toList();
        for (int i = 1; i < inTime.size(); i++) {
            Act before = inTime.get(i - 1);
            Act after = inTime.get(i);
            if (after.epoch() < before.epoch()) {
                all.add(after + " held the lease " + (after.nanos() - before.nanos()) + " ns after " + before + " did");
            }
        }
        return all;
    }
}
