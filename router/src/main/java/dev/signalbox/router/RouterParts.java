package dev.signalbox.router;

import java.time.InstantSource;

/** What the parts of a router have in common. */
record RouterParts(
        RouterOptions options,
        InstantSource clock,
        SafeListener listener,
        Entrance entrance,
        Users users,
        LogicTable logics,
        Deadlines deadlines,
        Requests requests,
        Acknowledgements acknowledgements,
        Topics topics,
        MiddlewareChain sending,
        Membership membership) {}
