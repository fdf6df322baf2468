package dev.signalbox.router;

import java.time.InstantSource;

/** What of a router takes part in a cluster. */
record ClusterParts(
        MessageRouter router,
        Users users,
        LogicTable logics,
        Requests requests,
        Acknowledgements acknowledgements,
        Topics topics,
        Routing routing,
        Entrance entrance,
        Deadlines deadlines,
        SafeListener listener,
        InstantSource clock) {

    /** Closes connections of this node on behalf of another. */
    void disconnecting(Address target, CloseReason reason) {
        switch (target) {
            case Address.Client client -> router.admissions().disconnectHere(client.id(), reason);
            case Address.Session session -> router.admissions().disconnectHere(session.id(), reason);
            default -> throw new IllegalArgumentException("only clients and sessions have connections, not " + target);
        }
    }
}
