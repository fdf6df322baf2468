package dev.signalbox.session.redis;

import dev.signalbox.session.bus.EpochMicros;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An append in the terms of its script: sessions by number, so that each name goes over the line once. Not thread-safe. */
final class AppendCall {
    private static final String CONFLICT = "conflict ";

    private final Append batch;
    private final String id;
    private final Keys keys;
    private final long mostEvents;
    private final Duration remember;
    /** In the order of their first events, which is the same when the batch is repeated. */
    private final Map<String, Integer> sessions = new LinkedHashMap<>();

    AppendCall(Append batch, Keys keys, long mostEvents, Duration remember) {
        this.batch = batch;
        this.id = BatchId.hex(batch.id());
        this.keys = keys;
        this.mostEvents = mostEvents;
        this.remember = remember;
        for (Entry entry : batch.entries()) {
            sessions.putIfAbsent(entry.session(), sessions.size() + 1);
        }
    }

    byte[][] keys() {
        List<byte[]> names = new ArrayList<>(List.of(keys.heads, keys.ages, keys.names, keys.batch(id)));
        sessions.keySet().forEach(session -> names.add(keys.stream(session)));
        return names.toArray(byte[][]::new);
    }

    byte[][] arguments() {
        List<byte[]> arguments = new ArrayList<>(List.of(
                Keys.bytes(id),
                Keys.bytes(EpochMicros.of(batch.at())),
                Keys.bytes(batch.firstOffset()),
                Keys.bytes(mostEvents),
                Keys.bytes(remember.toSeconds()),
                Keys.bytes(keys.channel),
                Keys.bytes(batch.expected().map(AppendCall::text).orElse("")),
                Keys.bytes(sessions.size())));
        sessions.keySet().forEach(session -> arguments.add(Keys.bytes(session)));
        for (Entry entry : batch.entries()) {
            arguments.add(Keys.bytes(number(entry)));
            arguments.add(Keys.bytes(entry.headers()));
            arguments.add(entry.payload());
        }
        return arguments.toArray(byte[][]::new);
    }

    private static String text(EventId id) {
        return id.isIdentified() ? id.offset() + " " + BatchId.hex(id.batch()) : Long.toString(id.offset());
    }

    private static EventId last(String text) {
        int blank = text.indexOf(' ');
        return new EventId(Long.parseLong(text, 0, blank, 10), BatchId.parse(text.substring(blank + 1)));
    }

    private int number(Entry entry) {
        return sessions.getOrDefault(entry.session(), 0);
    }

    /** @param answer the first offset, the time, and the batch before of each session, in one line */
    List<Place> places(String answer) {
        if (answer.startsWith(CONFLICT)) {
            batch.requireExpected(last(answer.substring(CONFLICT.length())));
        }
        String[] parts = answer.split(" ", -1);
        long[] next = new long[sessions.size()];
        UUID[] previous = new UUID[next.length];
        Instant[] times = new Instant[next.length];
        for (int i = 0; i < next.length; i++) {
            next[i] = Long.parseLong(parts[3 * i]);
            times[i] = EpochMicros.instant(Long.parseLong(parts[3 * i + 1]));
            previous[i] = BatchId.parse(parts[3 * i + 2]);
        }
        List<Place> places = new ArrayList<>(batch.entries().size());
        for (Entry entry : batch.entries()) {
            int i = number(entry) - 1;
            places.add(new Place(next[i]++, times[i], previous[i]));
            previous[i] = batch.id();
        }
        return places;
    }
}
