package dev.signalbox.server.attachments;

import dev.signalbox.delivery.attachments.AttachmentLimits;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.configuration.Reading;
import java.time.Duration;
import java.util.List;

/** The keys of attachments. */
final class AttachmentKeys {
    static final Key<Long> MAX_SIZE = Key.of(
            "attachments.max-size",
            Kind.size("1KiB", "1GiB"),
            "25MiB",
            "The largest file that messages can have attached. Mail servers often take no more than 25 MiB with all around it.");
    static final Key<Duration> RETENTION = Key.of(
            "attachments.retention",
            Kind.duration("1m", "3650d"),
            "30d",
            "How long a file is kept after it was uploaded, or after a message took it last. A message that waits longer than"
                    + " that loses it, and is rejected.");

    static final List<Key<?>> ALL = List.of(MAX_SIZE, RETENTION);

    private AttachmentKeys() {}

    static AttachmentLimits limits(Reading reading) {
        return new AttachmentLimits(reading.get(MAX_SIZE), reading.get(RETENTION));
    }
}
