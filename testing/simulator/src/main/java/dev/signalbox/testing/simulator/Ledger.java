package dev.signalbox.testing.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What the provider has accepted. Thread-safe. At most {@code limit} keys, contents and messages are remembered; the
 * oldest go first and are counted, because from then on a repeat of them cannot be recognised.
 */
final class Ledger {
    /** How a request with a key or without one was taken. */
    sealed interface Entry {
        String messageId();

        record New(String messageId) implements Entry {}

        record Repeat(String messageId) implements Entry {}

        /** The key belongs to a message with other content. */
        record Conflict(String messageId) implements Entry {}
    }

    private record Known(String messageId, long fingerprint, Instant at) {}

    private final int limit;
    private final Duration keyLifetime;
    private final InstantSource clock;
    private final Map<String, Known> keys;
    private final Map<Long, Integer> contents;
    private final ArrayDeque<AcceptedMessage> messages = new ArrayDeque<>();
    private String run = newRun();
    private long accepted;
    private long duplicatesByKey;
    private long duplicatesByContent;
    private long conflicts;
    private long forgotten;

    Ledger(int limit, Duration keyLifetime, InstantSource clock) {
        this.limit = limit;
        this.keyLifetime = keyLifetime;
        this.clock = clock;
        this.keys = new LinkedHashMap<>();
        this.contents = new LinkedHashMap<>();
    }

    synchronized Entry take(Optional<String> key, String phone, String content) {
        var now = clock.instant();
        long fingerprint = fingerprint(phone, content);
        var known = key.map(keys::get).filter(k -> k.at().plus(keyLifetime).isAfter(now));
        if (known.isEmpty()) {
            return accept(key, new AcceptedMessage(run + ++accepted, phone, content, key, now), fingerprint);
        }
        return repeat(known.get(), fingerprint);
    }

    private Entry accept(Optional<String> key, AcceptedMessage message, long fingerprint) {
        key.ifPresent(k -> remember(k, new Known(message.messageId(), fingerprint, message.at())));
        if (contents.merge(fingerprint, 1, Integer::sum) > 1) {
            duplicatesByContent++;
        }
        trim(contents);
        if (messages.size() == limit) {
            messages.removeFirst();
        }
        messages.addLast(message);
        return new Entry.New(message.messageId());
    }

    private void remember(String key, Known known) {
        keys.remove(key);
        keys.put(key, known);
        trim(keys);
    }

    private void trim(Map<?, ?> map) {
        if (map.size() > limit) {
            var oldest = map.keySet().iterator();
            oldest.next();
            oldest.remove();
            forgotten++;
        }
    }

    private Entry repeat(Known known, long fingerprint) {
        if (known.fingerprint() != fingerprint) {
            conflicts++;
            return new Entry.Conflict(known.messageId());
        }
        duplicatesByKey++;
        return new Entry.Repeat(known.messageId());
    }

    /** The newest first. */
    synchronized List<AcceptedMessage> newest(int count) {
        return messages.reversed().stream().limit(count).toList();
    }

    synchronized SmsStats.Taken taken() {
        return new SmsStats.Taken(accepted, duplicatesByKey, duplicatesByContent, conflicts, forgotten);
    }

    synchronized void clear() {
        keys.clear();
        contents.clear();
        messages.clear();
        run = newRun();
        accepted = 0;
        duplicatesByKey = 0;
        duplicatesByContent = 0;
        conflicts = 0;
        forgotten = 0;
    }

    private static String newRun() {
        return "sim-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    }

    /**
     * 64 bits stand for number and content: a tenth of the memory, and among a million messages the odds that two
     * differing ones collide are 1 in 37 million.
     */
    private static long fingerprint(String phone, String content) {
        return absorb(Draw.mix(absorb(phone.length(), phone)), content);
    }

    private static long absorb(long start, String text) {
        long hash = start;
        for (int i = 0; i < text.length(); i++) {
            hash = Draw.mix(hash ^ text.charAt(i));
        }
        return hash;
    }
}
