package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Knows who watches which session in this process, and passes on to them what becomes known. Thread-safe. */
final class WatcherRegistry {
    private static final Watcher[] NOBODY = {};

    private final ConcurrentHashMap<String, Watcher[]> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger watchers = new AtomicInteger();

    void add(String session, Watcher watcher) {
        watchers.incrementAndGet();
        sessions.merge(session, new Watcher[] {watcher}, WatcherRegistry::both);
    }

    private static Watcher[] both(Watcher[] some, Watcher[] more) {
        Watcher[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    void remove(String session, Watcher watcher) {
        sessions.computeIfPresent(session, (name, all) -> {
            Watcher[] others =
                    Arrays.stream(all).filter(other -> !other.equals(watcher)).toArray(Watcher[]::new);
            watchers.addAndGet(others.length - all.length);
            return others.length == 0 ? null : others;
        });
    }

    int watchers() {
        return watchers.get();
    }

    /** The watched sessions, as of no particular moment. */
    Set<String> sessions() {
        return sessions.keySet();
    }

    /** What this process appended goes to its watchers directly; a run of one session's events in one call. */
    void appended(Append batch, List<Place> places) {
        List<Entry> entries = batch.entries();
        for (int i = 0; i < entries.size(); ) {
            String session = entries.get(i).session();
            int end = i + 1;
            while (end < entries.size() && entries.get(end).session().equals(session)) {
                end++;
            }
            if (sessions.containsKey(session)) {
                appended(
                        session,
                        places.get(i).previous(),
                        stored(batch.id(), entries.subList(i, end), places.subList(i, end)));
            }
            i = end;
        }
    }

    void appended(String session, UUID previous, List<Stored> events) {
        for (Watcher watcher : sessions.getOrDefault(session, NOBODY)) {
            watcher.appended(previous, events);
        }
    }

    private static List<Stored> stored(UUID batch, List<Entry> entries, List<Place> places) {
        List<Stored> events = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            Place place = places.get(i);
            Entry entry = entries.get(i);
            events.add(new Stored(place.offset(), batch, place.at(), entry.headers(), entry.payload()));
        }
        return events;
    }

    void changed(String session, long last) {
        for (Watcher watcher : sessions.getOrDefault(session, NOBODY)) {
            watcher.changed(last);
        }
    }

    /** Whether anybody did not know. */
    boolean swept(String session, EventId last) {
        boolean news = false;
        for (Watcher watcher : sessions.getOrDefault(session, NOBODY)) {
            news |= watcher.swept(last);
        }
        return news;
    }
}
