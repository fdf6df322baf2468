package dev.signalbox.maintenance.control;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What all sources say, merged: any signal that is neither withdrawn nor expired keeps the node in maintenance. Confined to the
 * lock of its owner.
 */
final class Wishes {
    private final Map<String, Said> said = new LinkedHashMap<>();
    private long version;

    private record Said(Optional<Signal> signal, Instant since, Optional<String> stale, boolean heard) {}

    /** Counts the changes; equal versions mean that no source has said anything new in between. */
    long version() {
        return version;
    }

    void add(String source, Instant now) {
        said.put(source, new Said(Optional.empty(), now, Optional.empty(), false));
    }

    void remove(String source) {
        said.remove(source);
        version++;
    }

    boolean knows(String source) {
        return said.containsKey(source);
    }

    /** True if it is news. A source that was removed in the meantime says nothing. */
    boolean says(String source, Optional<Signal> signal, Instant now) {
        Said before = said.get(source);
        if (before == null) {
            return false;
        }
        boolean same = before.signal().equals(signal);
        said.put(source, new Said(signal, same ? before.since() : now, Optional.empty(), true));
        if (!same) {
            version++;
        }
        return !same || before.stale().isPresent();
    }

    /** True if it was well before. */
    boolean lost(String source, String reason) {
        Said before = said.get(source);
        if (before == null) {
            return false;
        }
        said.put(source, new Said(before.signal(), before.since(), Optional.of(reason), before.heard()));
        return before.stale().isEmpty();
    }

    boolean any(Instant now) {
        return said.values().stream().anyMatch(each -> holds(each, now));
    }

    private static boolean holds(Said each, Instant now) {
        return each.signal().filter(signal -> !signal.isExpired(now)).isPresent();
    }

    List<ActiveSignal> active(Instant now) {
        return said.entrySet().stream()
                .filter(each -> holds(each.getValue(), now))
                .map(each -> new ActiveSignal(
                        each.getKey(),
                        each.getValue().signal().orElseThrow(),
                        each.getValue().since()))
                .toList();
    }

    List<SourceStatus> sources() {
        return said.entrySet().stream()
                .map(each -> new SourceStatus(
                        each.getKey(), each.getValue().stale(), each.getValue().heard()))
                .toList();
    }

    /** How long the maintenance lasts if nobody says anything more; empty if it has no end, or there is none. */
    Optional<Duration> remaining(Instant now) {
        List<ActiveSignal> active = active(now);
        if (active.stream().anyMatch(each -> each.signal().until().isEmpty())) {
            return Optional.empty();
        }
        return active.stream()
                .flatMap(each -> each.signal().until().stream())
                .max(Instant::compareTo)
                .map(end -> Duration.between(now, end));
    }
}
