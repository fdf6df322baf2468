package dev.signalbox.router;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Bans on all nodes: each decision is told to all at once, and with each sign of life what a node knows by now, as one number. A node that
 * finds another to know something else tells it all bans. Thread-safe.
 */
final class ClusterBans {
    /** Bans in one frame: so that it fits into any link's publication. */
    private static final int PART = 200;

    private final MessageRouter router;
    private final Bans bans;
    private final ClusterSender sender;
    /** By node, what it knew when that was not what is known here. */
    private final Map<UUID, Long> different = new HashMap<>();

    ClusterBans(MessageRouter router, ClusterSender sender) {
        this.router = router;
        this.bans = router.bans();
        this.sender = sender;
        bans.tells(this::tell);
    }

    private void tell(Bans.Ban ban) {
        sender.tellAll(new ClusterFrame.Banned(List.of(ban)));
    }

    ClusterFrame known() {
        return new ClusterFrame.BansKnown(bans.digest());
    }

    /** Tells a node all bans. */
    void tell(RemoteNode node) {
        List<Bans.Ban> all = bans.all();
        for (int from = 0; from < all.size(); from += PART) {
            List<Bans.Ban> part = all.subList(from, Math.min(all.size(), from + PART));
            sender.tell(node, new ClusterFrame.Banned(part));
        }
    }

    void arrived(List<Bans.Ban> decided) {
        for (Bans.Ban ban : decided) {
            if (bans.merge(ban)) {
                router.admissions().disconnectHere(ban.user(), CloseReason.REMOVED);
            }
        }
    }

    /** The second time that the same is different: the first time, what is missing may be on its way. */
    synchronized void compare(RemoteNode node, long known) {
        if (known == bans.digest()) {
            different.remove(node.id());
        } else if (Long.valueOf(known).equals(different.put(node.id(), known))) {
            tell(node);
        }
    }

    synchronized void gone(RemoteNode node) {
        different.remove(node.id());
    }
}
