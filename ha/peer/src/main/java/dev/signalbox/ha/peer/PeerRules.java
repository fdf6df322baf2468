package dev.signalbox.ha.peer;

import java.util.Optional;

/**
 * What a node should do, by what it does and what it sees of its peer. A pure function, and deterministic: of two nodes that see each
 * other, both come to one answer, since the node whose name comes first wins.
 */
final class PeerRules {
    private PeerRules() {}

    static Mode wanted(String self, Mode own, Sighting seen) {
        return switch (seen) {
            case Sighting.Told told -> wanted(self, own, told.status());
            case Sighting.Silent silent -> wanted(silent);
        };
    }

    private static Mode wanted(String self, Mode own, PeerStatus peer) {
        if (!peer.well()) {
            return Mode.SERVING;
        }
        if (peer.mode() == own) {
            return wins(self, own, peer.node()) ? Mode.SERVING : Mode.WAITING;
        }
        return own; // One serves and the other waits, as it should be.
    }

    /** A peer without a name knows no such rule: it takes SERVING over WAITING by itself, and yields to nobody. */
    private static boolean wins(String self, Mode own, Optional<String> peer) {
        return peer.map(name -> self.compareTo(name) < 0).orElse(own == Mode.WAITING);
    }

    /** Without a witness both may serve; with one, a node that sees nobody at all takes itself for cut off. */
    private static Mode wanted(Sighting.Silent silent) {
        return silent.witnessed()
                .map(seen -> seen ? Mode.SERVING : Mode.WAITING)
                .orElse(Mode.SERVING);
    }
}
