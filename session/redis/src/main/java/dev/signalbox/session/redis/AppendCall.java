package dev.signalbox.session.redis;

import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/** An append in the terms of its script: sessions by number, so that each name goes over the line once. Not thread-safe. */
final class AppendCall {
    private final Append batch;
    private final Keys keys;
    private final long mostEvents;
    private final Duration remember;
    /** In the order of their first events, which is the same when the batch is repeated. */
    private final Map<String, Integer> sessions = new LinkedHashMap<>();

    AppendCall(Append batch, Keys keys, long mostEvents, Duration remember) {
        this.batch = batch;
        this.keys = keys;
        this.mostEvents = mostEvents;
        this.remember = remember;
        for (Entry entry : batch.entries()) {
            sessions.putIfAbsent(entry.session(), sessions.size() + 1);
        }
    }

    byte[][] keys() {
        long minute = Micros.of(batch.at()) / 60_000_000;
        List<byte[]> names = new ArrayList<>(List.of(keys.heads, keys.ages, keys.batches(minute)));
        sessions.keySet().forEach(session -> names.add(keys.stream(session)));
        return names.toArray(byte[][]::new);
    }

    byte[][] arguments() {
        List<byte[]> arguments = new ArrayList<>(List.of(
                bytes(batch.id()),
                Keys.bytes(Micros.of(batch.at())),
                Keys.bytes(batch.firstOffset()),
                Keys.bytes(mostEvents),
                Keys.bytes(remember.toSeconds()),
                Keys.bytes(keys.channel),
                Keys.bytes(sessions.size())));
        sessions.keySet().forEach(session -> arguments.add(Keys.bytes(session)));
        for (Entry entry : batch.entries()) {
            arguments.add(Keys.bytes(number(entry)));
            arguments.add(entry.payload());
        }
        return arguments.toArray(byte[][]::new);
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private int number(Entry entry) {
        return sessions.getOrDefault(entry.session(), 0);
    }

    /** @param answer the first offset and the time of each session, in one line */
    List<Place> places(String answer) {
        long[] parts = Pattern.compile(" ")
                .splitAsStream(answer)
                .mapToLong(Long::parseLong)
                .toArray();
        long[] next = new long[sessions.size()];
        Instant[] times = new Instant[sessions.size()];
        for (int i = 0; i < next.length; i++) {
            next[i] = parts[2 * i];
            times[i] = Micros.instant(parts[2 * i + 1]);
        }
        List<Place> places = new ArrayList<>(batch.entries().size());
        for (Entry entry : batch.entries()) {
            int i = number(entry) - 1;
            places.add(new Place(next[i]++, times[i]));
        }
        return places;
    }
}
