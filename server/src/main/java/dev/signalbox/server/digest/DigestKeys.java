package dev.signalbox.server.digest;

import dev.signalbox.delivery.digest.DigestOptions;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.configuration.Reading;
import java.time.Duration;
import java.util.List;

/** The keys of digests. */
final class DigestKeys {
    static final Key<Duration> WINDOW = Key.of(
            "digest.window",
            Kind.duration("1s", "7d"),
            "10m",
            "How long messages to one recipient are gathered, from the first of them on, unless it says so in its header"
                    + " digest-window.");
    static final Key<Integer> MAX = Key.of(
            "digest.max",
            Kind.whole(2, 1_000),
            "100",
            "The most messages of one digest. With the last of them it is sent, although its window is not over.");

    static final List<Key<?>> ALL = List.of(WINDOW, MAX);

    private DigestKeys() {}

    static DigestOptions options(Reading reading) {
        return new DigestOptions(reading.get(WINDOW), reading.get(MAX));
    }
}
