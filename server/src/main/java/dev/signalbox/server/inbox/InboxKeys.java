package dev.signalbox.server.inbox;

import dev.signalbox.delivery.inbox.InboxLimits;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.configuration.Reading;
import java.time.Duration;
import java.util.List;

/** The keys of inboxes. */
final class InboxKeys {
    static final Key<Integer> MAX = Key.of(
            "inbox.max",
            Kind.whole(1, 100_000),
            "1000",
            "The most items of one inbox, read and archived ones included. Beyond that the oldest go.");
    static final Key<Duration> RETENTION = Key.of(
            "inbox.retention",
            Kind.duration("1m", "3650d"),
            "90d",
            "How long an item is kept, read or not. For so long, a message that is repeated after a crash is not there twice.");

    static final List<Key<?>> ALL = List.of(MAX, RETENTION);

    private InboxKeys() {}

    static InboxLimits limits(Reading reading) {
        return new InboxLimits(reading.get(MAX), reading.get(RETENTION));
    }
}
