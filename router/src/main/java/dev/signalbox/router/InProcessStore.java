package dev.signalbox.router;

import dev.signalbox.router.TopicHistory.Append;
import dev.signalbox.router.TopicHistory.Appended;
import dev.signalbox.router.TopicHistory.Kept;
import dev.signalbox.router.TopicHistory.Page;
import dev.signalbox.router.TopicHistory.Place;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the topics of one cluster keep, in memory. Thread-safe: each append and each page is one step. */
final class InProcessStore {
    /** Ids that are remembered beyond what is kept. */
    private static final int IDS = 1_024;

    private static final Duration FORGET = Duration.ofDays(1);

    /** An entry, and when it came. */
    private record Timed(Kept kept, long at) {
        private int bytes() {
            return kept.entry().content().bytes().length;
        }
    }

    /** One topic in one epoch. */
    private static final class Log {
        private final UUID epoch;
        private final Deque<Timed> kept = new ArrayDeque<>();
        private final LinkedHashMap<String, Long> ids = new LinkedHashMap<>();
        private long bytes;
        private long last;
        private long usedAt;
        private TopicHistory.Retention retention;

        private Log(Position begin, TopicHistory.Retention retention) {
            this.epoch = begin.epoch();
            this.last = begin.offset();
            this.retention = retention;
        }

        private Place append(TopicHistory.Entry entry, long now) {
            Long known = ids.get(entry.id());
            if (known != null) {
                return new Place(known, true);
            }
            Timed added = new Timed(new Kept(++last, entry), now);
            kept.add(added);
            bytes += added.bytes();
            ids.put(entry.id(), last);
            if (ids.size() > Math.max(IDS, kept.size())) {
                ids.remove(ids.keySet().iterator().next());
            }
            return new Place(last, false);
        }

        private void trim(long now) {
            long oldest = now - retention.age().toMillis();
            Timed first = kept.peek();
            while (first != null && isSurplus(first, oldest)) {
                bytes -= first.bytes();
                kept.remove();
                first = kept.peek();
            }
        }

        private boolean isSurplus(Timed first, long oldest) {
            return kept.size() > retention.count()
                    || first.at() < oldest
                    || (bytes > retention.bytes() && kept.size() > 1);
        }

        private boolean isForgotten(long now) {
            return now - usedAt > FORGET.plus(retention.age()).toMillis();
        }
    }

    private final Map<String, Log> logs = new HashMap<>();

    synchronized Appended append(Append append, long now) {
        Log log = present(append, now);
        log.retention = append.retention();
        log.usedAt = now;
        List<Place> places = new ArrayList<>();
        append.entries().forEach(entry -> places.add(log.append(entry, now)));
        log.trim(now);
        return new Appended(log.epoch, log.last, places);
    }

    private Log present(Append append, long now) {
        Log known = logs.get(append.topic());
        if (known != null && !hasGoneBack(known, append.seen())) {
            return known;
        }
        logs.values().removeIf(log -> log.isForgotten(now));
        Log fresh = new Log(append.fresh(), append.retention());
        logs.put(append.topic(), fresh);
        return fresh;
    }

    private static boolean hasGoneBack(Log log, Optional<Position> seen) {
        return seen.filter(place -> place.epoch().equals(log.epoch) && place.offset() > log.last)
                .isPresent();
    }

    synchronized Optional<Page> read(String topic, long after, int maxBytes, long now) {
        Log log = logs.get(topic);
        if (log == null) {
            return Optional.empty();
        }
        log.trim(now);
        List<Kept> read = new ArrayList<>();
        long bytes = 0;
        for (Timed each : log.kept) {
            if (read.size() == TopicHistory.MAX_ENTRIES || bytes >= maxBytes) {
                break;
            }
            if (each.kept().offset() > after) {
                read.add(each.kept());
                bytes += each.bytes();
            }
        }
        return Optional.of(new Page(log.epoch, first(log), log.last, read));
    }

    private static long first(Log log) {
        @Nullable Timed first = log.kept.peek();
        return first == null ? log.last + 1 : first.kept().offset();
    }
}
