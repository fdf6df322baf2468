package dev.signalbox.server.leases;

import java.util.Optional;

/**
 * Who sends, as the API, the console and people see it.
 *
 * @param active which nodes send, {@code all} or {@code one}
 * @param role SERVING or WAITING
 * @param advisory true where only the two nodes' sight of each other decides, so that both may send
 * @param node this node's name
 * @param leader the name of the one that sends, if it is known
 * @param epoch of this node's term, while it leads by a lease
 */
record LeaseView(
        String active,
        String role,
        Optional<Boolean> advisory,
        Optional<String> node,
        Optional<String> leader,
        Optional<Long> epoch,
        Optional<String> problem) {
    static final String SERVING = "SERVING";
    static final String WAITING = "WAITING";

    /** Where all nodes send, each is SERVING. */
    static LeaseView shared() {
        return new LeaseView(
                "all",
                SERVING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
