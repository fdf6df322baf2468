package dev.signalbox.delivery.queue;

/** What the lanes of one dispatcher share. */
record LaneContext(
        Store store,
        Time time,
        DispatchOptions options,
        Rules rules,
        GuardedListener listener,
        Journal journal,
        Completer completer,
        Outage outage,
        Control control) {}
