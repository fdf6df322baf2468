package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;

/** What the lanes of one dispatcher share. */
record LaneContext(
        Database database,
        Store store,
        Time time,
        DispatchOptions options,
        Rules rules,
        GuardedListener listener,
        Journal journal,
        Completer completer,
        Outage outage,
        Control control) {}
